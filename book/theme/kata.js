'use strict';

// Elements, for this file and its neighbours.
const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
const part = (tag, className, ...children) => {
    const made = make(tag, { className });
    made.append(...children);
    return made;
};
/** A button. One that cannot be pressed keeps the focus, and says so. */
const button = (textContent, click) => {
    const made = make('button', { type: 'button', textContent });
    made.addEventListener('click', () => { if (made.getAttribute('aria-disabled') !== 'true') click(); });
    return made;
};
const can = (button, able) => button.setAttribute('aria-disabled', !able);
/** A sentence that a screen reader says when it changes. */
const announcer = () => {
    const made = part('p', 'verdict');
    made.setAttribute('role', 'status');
    return made;
};
const radios = (legend, name, choices, change) => {
    const set = part('fieldset', 'choices', make('legend', { textContent: legend }));
    for (const [i, text] of choices.entries()) {
        const input = make('input', { type: 'radio', name, value: i, checked: i === 0 });
        input.addEventListener('change', () => change(i));
        set.append(part('label', '', input, ` ${text}`));
    }
    return set;
};
const COLOURS = ['writer', 'reader', 'remover'];

/** What this browser remembers, where it allows that. */
const store = {
    get: key => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* It lasts for this page alone. */ } },
    remove: key => { try { localStorage.removeItem(key); } catch { /* Likewise. */ } },
};

// Steppers. A figure.stepper holds an <ol> of states, each a drawing and a sentence. Without this script, and on paper,
// all of them are seen, one after another.
for (const figure of document.querySelectorAll('figure.stepper')) {
    const states = [...figure.querySelectorAll('ol > li')];
    const range = make('input', { type: 'range', min: 1, max: states.length, value: 1 });
    range.setAttribute('aria-label', `State of the figure: ${figure.getAttribute('aria-label')}`);
    const where = make('span');
    const show = wanted => {
        range.value = wanted;
        const n = Number(range.value);
        range.setAttribute('aria-valuetext', `S${n} of ${states.length}: ${states[n - 1].textContent.trim()}`);
        states.forEach((state, i) => i + 1 === n ? state.setAttribute('aria-current', 'step') : state.removeAttribute('aria-current'));
        can(back, n > 1);
        can(next, n < states.length);
        where.textContent = `S${n} of ${states.length}`;
    };
    const back = button('Back', () => show(Number(range.value) - 1));
    const next = button('Next', () => show(Number(range.value) + 1));
    range.addEventListener('input', () => show(range.value));
    states.forEach((state, i) => { state.id = `${figure.id}-s${i + 1}`; });

    const bar = make('div', { className: 'stepper-bar' });
    bar.append(back, range, next, where);
    figure.querySelector('ol').after(bar);
    figure.classList.add('live');
    show(1);

    // A link to a state, in the text or from another page, moves the figure there; the browser's Back leads to the text.
    const follow = hash => {
        const n = states.findIndex(state => `#${state.id}` === hash) + 1;
        if (n) {
            show(n);
            range.focus({ preventScroll: true });
        }
    };
    addEventListener('click', event => follow(event.target.closest?.('a')?.hash));
    follow(location.hash);
}

// "S3" in the text is such a link.
{
    const figure = document.querySelector('figure.stepper');
    const main = document.querySelector('main');
    const within = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (figure && within.nextNode()) {
        const node = within.currentNode;
        if (/\bS\d\b/.test(node.data) && !node.parentNode.closest('figure, pre, code, a, h1, h2, h3, script')) texts.push(node);
    }
    for (const node of texts) {
        node.replaceWith(...node.data.split(/\b(S\d)\b/).map((part, i) => i % 2 && document.getElementById(`${figure.id}-s${part[1]}`)
            ? make('a', { className: 'state-link', href: `#${figure.id}-s${part[1]}`, textContent: part })
            : part));
    }
}

// Questions. The built page has the radio buttons, and all replies in a fold. Here a choice gets its own reply, what was
// chosen is remembered ("2 0": first the third, then the first), and the page says how many were right at the first try.
// A claim, details.claim, is a question too: true, half true or false? Its text begins with the answer.
{
    const asked = [];
    const tally = announcer();
    const count = () => {
        const firsts = asked.map(({ first }) => first).filter(first => first !== undefined);
        const right = asked.filter(({ first, right }) => first === right).length;
        const open = asked.length - firsts.length;
        tally.textContent = firsts.length
            ? `${right} of ${asked.length} right at the first try${open ? `; ${open} still to answer` : ''}.`
            : `${asked.length} questions on this page, none answered yet.`;
    };
    /** Makes a question of it, and returns what is to be called when a choice is made. `show` shows one, or none. */
    const ask = (id, right, show) => {
        const key = `kata-answer-${id}`;
        const chosen = () => (store.get(key) ?? '').split(' ').filter(Boolean).map(Number);
        const question = { right, first: chosen().at(0), forget: () => { store.remove(key); delete question.first; show(); } };
        asked.push(question);
        show(chosen().at(-1));
        return i => {
            question.first ??= i;
            store.set(key, [...chosen(), i].join(' '));
            show(i);
            count();
        };
    };

    for (const question of document.querySelectorAll('fieldset.question')) {
        const inputs = [...question.querySelectorAll('input[type="radio"]')];
        const replies = [...question.querySelectorAll('.reply')];
        const after = question.querySelector('.after');
        const right = replies.findIndex(reply => reply.classList.contains('correct'));
        const said = part('div', 'said');
        said.setAttribute('role', 'status');
        question.querySelector('details').before(said);
        question.classList.add('live');
        const choose = ask(question.id, right, i => {
            inputs.forEach((input, n) => {
                input.checked = n === i;
                input.closest('label').classList.toggle('correct', n === i && n === right);
                input.closest('label').classList.toggle('incorrect', n === i && n !== right);
            });
            const shown = [replies[i], i === right && after].filter(Boolean);
            said.replaceChildren(...shown.map(part => part.cloneNode(true)));
        });
        inputs.forEach((input, i) => input.addEventListener('change', () => choose(i)));
        // Arrow keys would choose what they pass on the way. Here they move, and the space bar chooses.
        question.addEventListener('keydown', event => {
            const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
            const at = inputs.indexOf(event.target);
            if (!step || at < 0) return;
            event.preventDefault();
            inputs.at((at + step) % inputs.length).focus();
        });
    }

    const verdicts = ['True', 'Half true', 'False'];
    for (const [number, claim] of document.querySelectorAll('details.claim').entries()) {
        const right = verdicts.indexOf(claim.querySelector('strong').textContent.replace('.', ''));
        const buttons = verdicts.map((verdict, i) => button(verdict, () => {
            choose(i);
            claim.open = true;
        }));
        const choose = ask(`claim-${number + 1}`, right, i => buttons.forEach((button, n) => {
            button.setAttribute('aria-pressed', n === i);
            button.className = n !== i ? '' : n === right ? 'correct' : 'incorrect';
        }));
        claim.querySelector('summary').textContent = 'Look without an answer';
        claim.before(part('div', 'bar claims', ...buttons));
    }

    if (asked.length) {
        const again = button('Ask me again', () => {
            for (const { forget } of asked) forget();
            for (const claim of document.querySelectorAll('details.claim')) claim.open = false;
            count();
        });
        document.querySelector('main').append(part('div', 'tally', tally, again));
        count();
    }
}

// The reader's ticks: kept in this browser, where it allows that.
{
    const home = new URL(path_to_root || './', location.href);
    const page = url => new URL(url, home).href.slice(home.href.length).split(/[?#]/)[0] || 'index.html';
    const key = name => `kata-read-${name}`;

    // What the runner knows, when `cargo run -p book` serves the page: "key=done shmget=partial".
    const meta = document.querySelector('meta[name="kata-progress"]');
    const passed = new Map((meta?.content ?? '').split(' ').filter(Boolean).map(lesson => lesson.split('=')));
    const words = { done: 'passed', partial: 'passed in part' };

    const mark = () => {
        for (const link of document.querySelectorAll('#mdbook-sidebar a[href]')) {
            if (!link.closest('.chapter-item') || link.getAttribute('href').startsWith('#')) continue;
            const name = page(link.href);
            const lesson = /^lessons\/\d+_(\w+)\.html$/.exec(name)?.[1];
            const marks = [store.get(key(name)) ? 'read' : null, words[passed.get(lesson)]].filter(Boolean);
            link.querySelector('.kata-marks')?.remove();
            if (marks.length) {
                const span = Object.assign(document.createElement('span'), { className: 'kata-marks' });
                const text = words[passed.get(lesson)] ?? '';
                span.innerHTML = (marks.includes('read') ? '<span aria-hidden="true">✓</span><span class="kata-unseen">, read</span>' : '')
                    + (text ? `<span class="kata-unseen">, </span> · ${text}` : '');
                link.append(span);
            }
        }
    };

    const main = document.querySelector('main');
    const here = page(location.href);
    if (main && !/(^|\/)(print|404|toc)\.html$/.test(here)) {
        const label = document.createElement('label');
        const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: Boolean(store.get(key(here))) });
        label.append(box, 'I have read this chapter');
        box.addEventListener('change', () => {
            if (box.checked) store.set(key(here), '1'); else store.remove(key(here));
            mark();
        });
        const paragraph = document.createElement('p');
        paragraph.className = 'kata-read';
        paragraph.append(label);
        main.append(paragraph);
    }
    mark();
}

// On paper, answers and hints are open.
{
    let closed = [];
    addEventListener('beforeprint', () => {
        closed = [...document.querySelectorAll('main details:not([open])')];
        for (const details of closed) details.open = true;
    });
    addEventListener('afterprint', () => {
        for (const details of closed) details.open = false;
    });
}

// What mdBook 0.5.4 leaves undone for those who do not use a mouse.
{
    // The sidebar's toggle is a <label> with the state of a button, but neither its role nor a place in the Tab order.
    const toggle = document.getElementById('mdbook-sidebar-toggle');
    if (toggle) {
        toggle.setAttribute('role', 'button');
        toggle.tabIndex = 0;
        toggle.addEventListener('keydown', event => {
            if (event.key === 'Enter' || event.key === ' ') {
                event.preventDefault();
                toggle.click();
            }
        });
    }

    // What scrolls sideways says so, can be reached by Tab, and then scrolled by the arrow keys.
    const regions = () => document.querySelectorAll('main pre > code, main .table-wrapper');
    const reach = () => {
        for (const region of regions()) {
            const scrolls = region.scrollWidth > region.clientWidth;
            region.classList.toggle('scrolls', scrolls);
            if (scrolls) {
                region.tabIndex = 0;
                region.setAttribute('role', 'region');
                region.setAttribute('aria-label', region.tagName === 'CODE' ? 'Listing' : 'Table');
            } else {
                for (const name of ['tabindex', 'role', 'aria-label']) region.removeAttribute(name);
            }
        }
    };
    for (const region of regions()) {
        region.addEventListener('scroll', () => {
            region.classList.toggle('at-end', region.scrollLeft + region.clientWidth >= region.scrollWidth - 2);
        }, { passive: true });
    }
    reach();
    addEventListener('resize', reach);
    addEventListener('toggle', reach, true);
}
