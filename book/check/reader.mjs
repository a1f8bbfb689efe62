// What a reader does with the book. Each check is named for what should hold.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export async function everyLinkAndFragmentLeadsSomewhere({ address, folder, pages, open, fail }) {
    const page = await open();
    const found = {};
    for (const name of pages) {
        await page.goto(address + name);
        found[name] = await page.evaluate(() => ({
            ids: [...document.querySelectorAll('[id]')].map(element => element.id),
            twice: [...document.querySelectorAll('[id]')].map(element => element.id).filter((id, i, all) => all.indexOf(id) !== i),
            links: [...document.querySelectorAll('a[href]')].map(link => link.href),
            raw: document.querySelector('main').innerText.includes('{{#'),
            empty: [...document.querySelectorAll('pre code')].filter(code => !code.textContent.trim()).length,
        }));
    }
    for (const [name, { links, twice, raw, empty }] of Object.entries(found)) {
        if (raw) fail(`${name}: an inclusion was not put in`);
        if (empty) fail(`${name}: ${empty} empty listings`);
        if (twice.length) fail(`${name}: ids that stand twice: ${twice}`);
        for (const link of links.filter(link => link.startsWith(address))) {
            const url = new URL(link);
            const target = decodeURIComponent(url.pathname.slice(1)) || 'index.html';
            const id = decodeURIComponent(url.hash.slice(1));
            if (!fs.existsSync(path.join(folder, target))) fail(`${name}: dead link: ${target}`);
            else if (id && !found[target]?.ids.includes(id)) fail(`${name}: dead fragment: ${target}#${id}`);
        }
    }
}

export async function theFirstPageIsLight({ address, open, fail }) {
    const page = await open();
    let bytes = 0;
    const parts = [];
    page.on('response', async response => {
        if (response.url().endsWith('.woff2') || !response.ok()) return;
        const length = Number(response.headers()['content-length']);
        bytes += length;
        parts.push(`${path.basename(new URL(response.url()).pathname) || 'index.html'} ${length}`);
    });
    await page.goto(address, { waitUntil: 'networkidle' });
    console.log(`      ${bytes} bytes without fonts`);
    if (bytes >= 300_000) fail(`the first page takes ${bytes} bytes: ${parts.join(', ')}`);
}

export async function steppersGoByKeyboard({ address, pages, open, fail }) {
    const page = await open();
    let steppers = 0;
    for (const name of pages) {
        await page.goto(address + name);
        for (const figure of await page.locator('figure.stepper').all()) {
            steppers += 1;
            const states = await figure.locator('li').count();
            const current = () => figure.locator('li[aria-current=step]').evaluate(li => [...li.parentNode.children].indexOf(li) + 1);
            const at = async (wanted, how) => {
                if (await current() !== wanted) fail(`${name}: ${how} leads to S${await current()} and not to S${wanted}`);
                const seen = await figure.locator('li:visible').count();
                if (seen !== 1) fail(`${name}: ${how} shows ${seen} states`);
            };
            await at(1, 'opening the page');
            await figure.locator('input[type=range]').focus();
            await page.keyboard.press('ArrowRight');
            await at(2, 'the right arrow');
            if (page.url() !== address + name) fail(`${name}: the arrow key left the page`);
            await page.keyboard.press('End');
            await at(states, 'End');
            await page.keyboard.press('Shift+Tab');
            await page.keyboard.press('Enter');
            await at(states - 1, 'the Back button');
            await page.keyboard.press('Tab');
            await page.keyboard.press('Tab');
            await page.keyboard.press('Space');
            await at(states, 'the Next button');
            await page.keyboard.press('Space');
            await at(states, 'Next at the end');
            // Every state that the text names is a link to it.
            for (const link of await page.locator('main a.state-link').all()) {
                const wanted = Number((await link.innerText()).slice(1));
                await link.evaluate(link => { for (let box = link.closest('details'); box; box = box.parentNode.closest('details')) box.open = true; });
                await link.focus();
                await page.keyboard.press('Enter');
                await at(wanted, `the link S${wanted}`);
            }
        }
        const dead = await page.locator('main').evaluate(main => {
            const plain = main.cloneNode(true);
            plain.querySelectorAll('a, pre, code, figure, script').forEach(part => part.remove());
            return document.querySelector('figure.stepper') ? plain.textContent.match(/\bS\d\b/g) ?? [] : [];
        });
        if (dead.length) fail(`${name}: states that are no links: ${dead}`);
    }
    if (steppers < 6) fail(`there are ${steppers} steppers only`);
}

/** Letters, labels and colours of every state of every figure. */
export async function figuresCanBeRead({ address, pages, open, fail }) {
    for (const [width, smallest] of [[390, 12], [768, 14], [1280, 14], [1600, 14]]) {
        for (const theme of width === 1280 ? ['light', 'rust', 'coal', 'navy', 'ayu'] : ['light']) {
            const page = await open({ viewport: { width, height: 900 } });
            await page.addInitScript(theme => localStorage.setItem('mdbook-theme', theme), theme);
            for (const name of pages) {
                await page.goto(address + name);
                const faults = await page.evaluate(measure, smallest);
                for (const fault of faults) fail(`${name} [${theme}, ${width}]: ${fault}`);
            }
            await page.context().close();
        }
    }
}

/** In the browser: what is wrong with the drawings of this page. */
function measure(smallest) {
    const faults = [];
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgb = (...colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = colour => colour
        .map(part => part / 255)
        .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const ratio = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    const paper = getComputedStyle(document.documentElement).backgroundColor;

    for (const svg of document.querySelectorAll('figure.kata-figure svg')) {
        const state = [...svg.closest('figure').querySelectorAll('svg')].indexOf(svg) + 1;
        const where = `${svg.closest('figure').id} S${state}`;
        // What is used is put in, to be measured.
        for (const use of svg.querySelectorAll('use')) {
            const drawn = document.querySelector(use.getAttribute('href')).cloneNode(true);
            drawn.removeAttribute('id');
            use.replaceWith(drawn);
        }
        const frame = svg.getBoundingClientRect();
        const scale = frame.width / svg.viewBox.baseVal.width;
        const shapes = [...svg.querySelectorAll('rect, path.view, text')].filter(shape => !shape.closest('defs'));
        const labels = [];
        for (const [i, text] of shapes.entries()) {
            if (text.tagName !== 'text') continue;
            const style = getComputedStyle(text);
            const size = parseFloat(style.fontSize) * scale;
            if (size < smallest - 0.05) faults.push(`${where}: ${text.textContent}: ${size.toFixed(1)} px`);
            const box = text.getBoundingClientRect();
            const inset = box.height * 0.2;
            labels.push({ text: text.textContent, left: box.left, right: box.right, top: box.top + inset, bottom: box.bottom - inset });
            if (text.closest('[opacity]')) continue;
            const x = (box.left + box.right) / 2;
            const y = (box.top + box.bottom) / 2;
            const under = shapes.slice(0, i).filter(shape => {
                const area = shape.getBoundingClientRect();
                return shape.tagName === 'rect' && area.left < x && x < area.right && area.top < y && y < area.bottom;
            });
            const fills = under.map(shape => getComputedStyle(shape).fill).filter(fill => fill !== 'none');
            const contrast = ratio(rgb(style.fill), rgb(paper, ...fills));
            if (contrast < 4.5) faults.push(`${where}: ${text.textContent}: contrast ${contrast.toFixed(2)}`);
        }
        for (const [i, one] of labels.entries()) {
            if (one.left < frame.left - 1 || one.right > frame.right + 1) faults.push(`${where}: ${one.text} leaves the drawing`);
            for (const other of labels.slice(i + 1)) {
                if (one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom) {
                    faults.push(`${where}: ${one.text} and ${other.text} overlap`);
                }
            }
        }
    }
    return faults;
}

export async function questionsTakeEveryAnswer({ address, pages, open, fail }) {
    const page = await open();
    let asked = 0;
    for (const name of pages) {
        await page.goto(address + name);
        const questions = await page.locator('fieldset.question').all();
        if (!questions.length) continue;
        asked += questions.length;
        const tally = page.locator('.tally');
        const choose = async (question, i) => {
            await question.locator('input').nth(i).focus();
            await page.keyboard.press('Space');
        };
        const right = question => question.locator('details .reply').evaluateAll(replies => replies.findIndex(reply => reply.classList.contains('correct')));
        const told = async (question, i, how) => {
            const wanted = (await question.locator('details .reply').nth(i).textContent()).replace(/\s+/g, ' ');
            const shown = (await question.locator('.said .reply').allTextContents()).join('').replace(/\s+/g, ' ');
            if (shown !== wanted || !await question.locator('.said .reply').isVisible()) fail(`${name}: ${how}: the reply is ${shown} and not ${wanted}`);
            if (!await question.locator('input').nth(i).isChecked()) fail(`${name}: ${how}: the choice is not shown`);
        };
        // The arrow keys move, and choose nothing.
        await questions[0].locator('input').first().focus();
        await page.keyboard.press('ArrowDown');
        if (await questions[0].locator('input:checked').count()) fail(`${name}: an arrow key answers`);
        if (!await questions[0].locator('input').nth(1).evaluate(input => input === document.activeElement)) fail(`${name}: an arrow key does not move`);
        // Every choice in turn; the last is the right one.
        for (const question of questions) {
            const best = await right(question);
            const all = await question.locator('input').count();
            for (const i of [...Array(all).keys()].filter(i => i !== best).concat(best)) {
                await choose(question, i);
                await told(question, i, 'choosing');
            }
        }
        const says = async wanted => {
            const text = await tally.locator('.verdict').innerText();
            if (text !== wanted) fail(`${name}: the page says ${text} and not ${wanted}`);
        };
        await says(`0 of ${questions.length} right at the first try.`);
        await page.reload();
        await told(questions[0], await right(questions[0]), 'coming back');
        await says(`0 of ${questions.length} right at the first try.`);
        await tally.getByRole('button').focus();
        await page.keyboard.press('Enter');
        await says(`${questions.length} questions on this page, none answered yet.`);
        for (const question of questions) await choose(question, await right(question));
        await says(`${questions.length} of ${questions.length} right at the first try.`);
    }
    if (asked < 30) fail(`there are ${asked} questions only`);
}

export async function theClaimsTakeEveryAnswer({ address, open, fail }) {
    const page = await open();
    const verdicts = ['True', 'Half true', 'False'];
    await page.goto(`${address}errata.html`);
    const claims = await page.locator('details.claim').all();
    const press = async (n, verdict) => {
        await page.locator('.claims').nth(n).getByRole('button', { name: verdict, exact: true }).focus();
        await page.keyboard.press('Enter');
    };
    const answers = await page.locator('details.claim').evaluateAll(claims => claims.map(claim => claim.querySelector('strong').textContent.replace('.', '')));
    const tally = async wanted => {
        const text = await page.locator('.tally .verdict').innerText();
        if (text !== wanted) fail(`errata: the page says ${text} and not ${wanted}`);
    };
    for (const [n, claim] of claims.entries()) {
        if (!verdicts.includes(answers[n])) fail(`errata: claim ${n + 1} begins with ${answers[n]}`);
        for (const verdict of verdicts.filter(verdict => verdict !== answers[n]).concat(answers[n])) {
            await press(n, verdict);
            const marked = await page.locator('.claims').nth(n).locator('[aria-pressed=true]').evaluateAll(buttons => buttons.map(button => `${button.textContent} ${button.className}`).join());
            if (marked !== `${verdict} ${verdict === answers[n] ? 'correct' : 'incorrect'}`) fail(`errata: claim ${n + 1}: ${verdict} is marked ${marked}`);
        }
        if (!await claim.evaluate(claim => claim.open)) fail(`errata: claim ${n + 1} stays closed`);
    }
    await tally(`0 of ${claims.length} right at the first try.`);
    await page.getByRole('button', { name: 'Ask me again' }).click();
    for (const n of claims.keys()) await press(n, answers[n]);
    await tally(`${claims.length} of ${claims.length} right at the first try.`);
}

/** Nothing is cut off. On a telephone, what has columns may scroll, and says so. */
export async function everythingFits({ address, pages, open, fail }) {
    for (const width of [390, 768, 1280, 1600]) {
        const page = await open({ viewport: { width, height: 900 } });
        for (const name of pages) {
            await page.goto(address + name);
            const cut = await page.evaluate(phone => {
                for (const details of document.querySelectorAll('main details')) details.open = true;
                // The regions that scroll are found when they are opened.
                dispatchEvent(new Event('resize'));
                const wide = [...document.querySelectorAll('main *')].filter(part => part.scrollWidth > part.clientWidth + 1
                    && !['visible'].includes(getComputedStyle(part).overflowX) && part.clientWidth > 0 && !part.matches('.kata-unseen'));
                const silent = wide.filter(part => !phone || !part.matches('.scrolls') || getComputedStyle(part, '::after').content === 'none');
                const end = document.documentElement.clientWidth;
                const outside = [...document.querySelectorAll('main *')].filter(part => !part.closest('.scrolls, .kata-unseen, svg, pre span') && part.getBoundingClientRect().right > end + 1);
                return [...silent, ...outside].map(part => `${part.tagName} ${part.className}: ${part.textContent.trim().slice(0, 60)}`);
            }, width < 700);
            for (const part of cut.slice(0, 3)) fail(`${name} [${width}]: is cut off: ${part}`);
        }
        await page.context().close();
    }
}

export async function chaptersAndSearchGoByKeyboard({ address, open, fail }) {
    const page = await open();
    await page.goto(address);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL('**/address-spaces.html');
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/index\.html$|\/$/);
    await page.keyboard.press('s');
    await page.keyboard.type('nattch');
    await page.locator('#mdbook-searchresults a').first().waitFor();
    await page.keyboard.press('Escape');

    const toggle = page.locator('#mdbook-sidebar-toggle');
    const seen = () => page.evaluate(() => document.documentElement.classList.contains('sidebar-visible'));
    const before = await seen();
    for (let i = 0; i < 60 && !await toggle.evaluate(element => element === document.activeElement); i += 1) {
        await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    if (await seen() === before) fail('the sidebar cannot be reached by Tab and toggled by Enter');
}

export async function ticksAndProgressAreShown({ address, open, fail }) {
    const page = await open();
    const marks = async name => (await page.locator(`#mdbook-sidebar a[href$="${name}"] .kata-marks`).allInnerTexts()).join('');
    await page.goto(`${address}concepts/life.html`);
    const box = page.getByLabel('I have read this chapter');
    await box.focus();
    await page.keyboard.press('Space');
    if (!(await marks('life.html')).includes('✓')) fail('a tick does not show among the chapters');
    await page.reload();
    if (!await box.isChecked()) fail('a tick is forgotten');
    await box.uncheck();
    if (await marks('life.html')) fail('a tick stays when it is taken away');
    if (!(await marks('01_key.html')).includes('passed')) fail('a lesson that passed is not shown');
    if (!(await marks('02_shmget.html')).includes('passed in part')) fail('a lesson that passed in part is not shown');
    if (await marks('03_shmat.html')) fail('a lesson that has not passed is shown as if it had');
}

export async function everythingIsThereWithoutScript({ address, pages, open, fail }) {
    const page = await open({ javaScriptEnabled: false });
    for (const name of pages) {
        await page.goto(address + name);
        const hidden = await page.locator('figure svg, figure li, figure p').evaluateAll(parts => parts.map(getComputedStyle)
            .filter(({ opacity, display, visibility }) => opacity !== '1' || display === 'none' || visibility !== 'visible').length);
        if (hidden) fail(`${name}: without script ${hidden} parts of figures are hidden`);
        const folded = await page.locator('fieldset.question').evaluateAll(questions => questions
            .filter(question => question.querySelectorAll('label input[type=radio]').length !== question.querySelectorAll('details .reply').length).length);
        if (folded) fail(`${name}: without script ${folded} questions have no replies`);
        const empty = await page.locator('figure[data-play] .paper').evaluateAll(parts => parts.filter(part => !part.innerText.trim()).length);
        if (empty) fail(`${name}: without script ${empty} playgrounds say nothing`);
        if (await page.locator('.stepper-bar, .stage').count()) fail(`${name}: buttons that do nothing`);
    }
}

export async function everythingIsThereOnPaper({ address, pages, open, fail }) {
    const page = await open();
    await page.addInitScript(() => { window.print = () => {}; });
    await page.goto(`${address}print.html`);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const { faint, closed, steppers, twice } = await page.evaluate(() => ({
        faint: [...document.querySelectorAll('figure svg, figure li')].map(part => getComputedStyle(part))
            .filter(({ display, visibility }) => display === 'none' || visibility !== 'visible').length,
        closed: [...document.querySelectorAll('main details')].filter(details => !details.open).length,
        steppers: document.querySelectorAll('figure.stepper').length,
        twice: [...document.querySelectorAll('figure [id]')].map(part => part.id).filter((id, i, all) => all.indexOf(id) !== i),
    }));
    if (faint) fail(`on paper ${faint} parts of figures are missing or faint`);
    if (closed) fail(`on paper ${closed} answers are closed`);
    if (twice.length) fail(`on paper ids of figures stand twice: ${twice}`);
    if (steppers < 6) fail(`on paper there are ${steppers} steppers only (${pages.length} pages)`);
}

export async function theFilesWorkWithoutAServer({ folder, open, fail }) {
    const page = await open();
    await page.goto(pathToFileURL(path.join(folder, 'index.html')).href);
    await page.locator('main a[href$="concepts/address-spaces.html"]').first().click();
    await page.locator('figure.stepper input[type=range]').first().waitFor();
    await page.keyboard.press('s');
    await page.keyboard.type('segment');
    await page.locator('#mdbook-searchresults a').first().waitFor();
    if (await page.locator('.kata-marks').count()) fail('from files, there is no progress to show');
}
