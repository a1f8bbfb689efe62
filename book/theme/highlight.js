'use strict';

// In the place of mdBook's highlight.js, which knows every language and is half of the first page. The walkthrough has
// Rust, C, shell, and consoles. What mdBook's book.js calls is `configure` and `highlightBlock`.
const hljs = (() => {
    const word = words => new RegExp(String.raw`\b(?:${words.replaceAll(' ', '|')})\b`);
    const number = /\b(?:0x[\da-f_]+|0[bo]?[0-7_]+|\d[\d_]*)(?:[iu](?:8|16|32|64|128|size))?\b/i;

    // In each language, what is tried first stands first.
    const languages = {
        rust: {
            comment: /\/\/.*|\/\*[^]*?\*\//,
            string: /\bb?c?"(?:\\[^]|[^"\\])*"|"(?:\\[^]|[^"\\])*"|\bb'(?:\\.|[^'\\])'|'(?:\\.[^']*|[^'\\])'/,
            meta: /#!?\[[^\]]*\]/,
            keyword: word('as async await break const continue crate dyn else enum extern fn for if impl in let loop match mod move mut pub raw ref return self Self static struct super trait type unsafe use where while'),
            literal: word('true false'),
            built_in: /\b\w+!/,
            number,
            title: /(?<=\bfn )\w+/,
            type: /\b(?:[A-Z]\w*[a-z]\w*|[iu](?:8|16|32|64|128|size)|bool|char|str|[a-z]+_t|c_(?:int|void|char))\b/,
        },
        c: {
            comment: /\/\/.*|\/\*[^]*?\*\//,
            string: /"(?:\\[^]|[^"\\])*"|'(?:\\.|[^'\\])'/,
            meta: /^#.*$/m,
            keyword: word('break case const continue do else extern for goto if return sizeof static struct switch typedef union unsigned void volatile while'),
            type: word('char double float int long short size_t key_t ssize_t'),
            number,
        },
        sh: {
            comment: /(?<=^|\s)#.*/m,
            string: /'[^']*'|"(?:\\[^]|[^"\\])*"/,
            variable: /\$(?:\w+|[!?$#@*]|\{[^}]*\})/,
            keyword: word('do done elif else esac fi for if in then while'),
        },
    };
    languages.bash = languages.sh;

    const escape = text => text.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
    const span = (kind, text) => `<span class="hljs-${kind}">${escape(text)}</span>`;

    function highlight(text, rules) {
        const kinds = Object.keys(rules);
        const any = new RegExp(kinds.map(kind => `(${rules[kind].source})`).join('|'), 'gm');
        let html = '';
        let done = 0;
        for (const found of text.matchAll(any)) {
            const kind = kinds[found.slice(1).findIndex(group => group !== undefined)];
            html += escape(text.slice(done, found.index)) + span(kind, found[0]);
            done = found.index + found[0].length;
        }
        return html + escape(text.slice(done));
    }

    // What is typed stands out from what is printed. A command that ends with a backslash goes on. Sentences may wrap;
    // what has columns keeps them.
    const printed = line => (line.trim().match(/ {2,}/g)?.length ?? 0) > 1 ? escape(line) : span('prose', line);
    const session = text => text.replace(/^\$ (?:.*\\\n)*.*|^.+$/gm, line =>
        line.startsWith('$ ') ? span('meta', '$ ') + span('strong', line.slice(2)) : printed(line));

    return {
        configure() {},
        highlightBlock(block) {
            const language = /(?:^|\s)language-(\w+)/.exec(block.className)?.[1];
            if (language === 'console') block.innerHTML = session(block.textContent);
            else if (language === 'text') block.innerHTML = block.textContent.replace(/^.+$/gm, printed);
            else if (languages[language]) block.innerHTML = highlight(block.textContent, languages[language]);
            block.classList.add('hljs');
        },
    };
})();
