// Reads the walkthrough as a reader does: in a browser, at two widths, in light and dark, by keyboard, on paper,
// without script, and from the file system. Usage: node check.mjs ADDRESS FOLDER [SCREENSHOTS], where ADDRESS
// serves what lies in FOLDER, for a reader who has passed lesson 1 and half of lesson 2.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import * as play from './play.mjs';
import * as reader from './reader.mjs';

const [address, folder, screenshots] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let faults = 0;
const fail = text => { faults += 1; console.log(`FAIL  ${text}`); };

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const widths = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
// The two that mdBook picks by itself are asked of every page, the others of the pages that have a bit of everything.
const themes = { light: /./, navy: /./, rust: /index|shmat|errata/, coal: /index|shmat|errata/, ayu: /index|shmat|errata/ };

const pages = fs.readdirSync(folder, { recursive: true })
    .filter(file => file.endsWith('.html') && !/^figures\/|(^|\/)(404|toc|print)\.html$/.test(file))
    .sort();

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
});

/** A page that reports what must not happen on any. */
async function open(options) {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(10_000);
    await context.route('**/*', route => {
        const url = route.request().url();
        if (url.startsWith(address) || url.startsWith('data:') || url.startsWith('file:')) return route.continue();
        fail(`a request leaves the machine: ${url}`);
        return route.abort();
    });
    const page = await context.newPage();
    page.on('console', message => message.type() === 'error' && fail(`${page.url()}: console: ${message.text()}`));
    page.on('pageerror', error => fail(`${page.url()}: ${error}`));
    return page;
}

/** Everything that is asked of a page in one theme, at one width. */
async function look(page, name, theme, width) {
    const where = `${name} [${theme}, ${width}]`;
    await page.goto(address + name, { waitUntil: 'load' });
    // With answers given, right and wrong, and the orders laid out: what appears then is looked at too.
    await page.evaluate(() => {
        document.querySelectorAll('fieldset.question').forEach((question, i) => question.querySelectorAll('label input')[i % 2].click());
        document.querySelectorAll('.claims').forEach((claim, i) => claim.children[i % 3].click());
        [...document.querySelectorAll('.stage button')].find(button => button.textContent === 'All orders')?.click();
    });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(tags => axe.run(document, { runOnly: tags }), standards);
    for (const violation of violations) {
        for (const node of violation.nodes) {
            const target = node.target.join(' ');
            fail(`${where}: ${violation.id}: ${target}: ${node.any[0]?.message ?? violation.help}`);
        }
    }
    const wide = await page.evaluate(() => {
        const end = document.documentElement.clientWidth;
        return document.documentElement.scrollWidth > end;
    });
    if (wide) fail(`${where}: scrolls sideways`);
    if (screenshots) {
        await page.screenshot({ path: path.join(screenshots, `${name.replaceAll('/', '-')}.${theme}.${width}.png`), fullPage: true });
    }
}

console.log(`${pages.length} pages: WCAG 2.2 AA, width, requests`);
if (screenshots) fs.mkdirSync(screenshots, { recursive: true });
const runs = [];
for (const [theme, wanted] of Object.entries(themes)) {
    for (const width of wanted.source === '.' ? ['desktop', 'phone'] : ['desktop']) runs.push({ theme, width, wanted });
}
await Promise.all([0, 1].map(async worker => {
    for (const { theme, width, wanted } of runs.filter((_, i) => i % 2 === worker)) {
        const page = await open({ viewport: widths[width] });
        await page.addInitScript(theme => localStorage.setItem('mdbook-theme', theme), theme);
        for (const name of pages.filter(name => wanted.test(name))) await look(page, name, theme, width);
        await page.context().close();
    }
}));

const tools = { address, folder, pages, open, fail, widths };
for (const [name, check] of Object.entries({ ...reader, ...play })) {
    console.log(name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`));
    try {
        await check(tools);
    } catch (error) {
        fail(`${name}: ${error.message}`);
    }
}

await browser.close();
console.log(faults ? `${faults} faults` : 'no faults');
process.exit(faults ? 1 : 0);
