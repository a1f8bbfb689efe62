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
            const range = figure.locator('input[type=range]');
            const current = () => figure.locator('li[aria-current=step]').evaluate(li => [...li.parentNode.children].indexOf(li) + 1);
            const at = async (wanted, how) => {
                if (await current() !== wanted) fail(`${name}: ${how} leads to S${await current()} and not to S${wanted}`);
            };
            await at(1, 'opening the page');
            await range.focus();
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
            const hidden = await figure.locator('[data-step]').evaluateAll(groups =>
                groups.filter(group => !group.classList.contains('off') && getComputedStyle(group).opacity === '0').length);
            if (hidden) fail(`${name}: ${hidden} groups that should be seen are not`);
        }
    }
    if (steppers < 6) fail(`there are ${steppers} steppers only`);
}

export async function answersOpenByKeyboard({ address, open, fail }) {
    const page = await open();
    await page.goto(`${address}concepts/life.html`);
    const answer = page.locator('main details').first();
    await answer.locator('summary').focus();
    await page.keyboard.press('Enter');
    if (!await answer.evaluate(details => details.open)) fail('Enter does not open an answer');
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
        const hidden = await page.locator('figure [data-step], figure li').evaluateAll(parts => parts.map(getComputedStyle)
            .filter(({ opacity, display, visibility }) => opacity !== '1' || display === 'none' || visibility !== 'visible').length);
        if (hidden) fail(`${name}: without script ${hidden} parts of figures are hidden`);
        if (await page.locator('.stepper-bar').count()) fail(`${name}: buttons that do nothing`);
    }
}

export async function everythingIsThereOnPaper({ address, pages, open, fail }) {
    const page = await open();
    await page.addInitScript(() => { window.print = () => {}; });
    await page.goto(`${address}print.html`);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const { faint, closed, steppers, twice } = await page.evaluate(() => ({
        faint: [...document.querySelectorAll('figure [data-step], figure li')]
            .filter(part => getComputedStyle(part).opacity !== '1' || getComputedStyle(part).display === 'none').length,
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
