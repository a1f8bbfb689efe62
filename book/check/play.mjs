// What a reader tries out: the scheduler to each of its ends, and every playground, by keyboard alone. What they say of
// the kernel is in cases.json, where tests/playgrounds.rs asks the kernel.
import fs from 'node:fs';

const cases = JSON.parse(fs.readFileSync(new URL('cases.json', import.meta.url)));

/** A figure's stage, and its controls by what they say. */
async function stage(page, address, name, id) {
    await page.goto(address + name);
    const stage = page.locator(`#${id} .stage`);
    const press = async (text, within = stage) => {
        await within.getByRole('button', { name: text, exact: true }).focus();
        await page.keyboard.press('Enter');
    };
    const choose = async text => {
        const radio = stage.getByRole('radio', { name: text, exact: true });
        await radio.focus();
        await page.keyboard.press('Space');
    };
    const tick = async (box, wanted) => {
        if (await box.isChecked() !== wanted) {
            await box.focus();
            await page.keyboard.press('Space');
        }
    };
    const type = async (field, text) => {
        await field.focus();
        await page.keyboard.press('Control+A');
        await page.keyboard.press('Delete');
        await page.keyboard.type(text);
    };
    return { stage, press, choose, tick, type };
}

export async function theSchedulerIsPlayedToEachEnd({ address, open, fail }) {
    const page = await open();
    const { stage: place, press, choose } = await stage(page, address, 'scheduler.html', 'f-scheduler');
    const levels = JSON.parse(await page.locator('#f-scheduler script').textContent());
    // How many orders there are, and how many of them end badly: counted here in another way than by the page.
    const interleavings = (a, b) => a && b ? [...interleavings(a - 1, b).map(o => `0${o}`), ...interleavings(a, b - 1).map(o => `1${o}`)] : ['0'.repeat(a) + '1'.repeat(b)];
    const before = order => [0, 1, 2, 3].map(i => [...order].findLastIndex((p, at) => p === '1' && [...order].slice(0, at).filter(q => q === '1').length === i)
        < [...order].findIndex((p, at) => p === '0' && [...order].slice(0, at).filter(q => q === '0').length === i));
    const torn = interleavings(4, 4).map(before).filter(old => old.includes(true) && old.includes(false)).length;
    const counts = [[20, 18], [2, 0], [70, torn], [4, 1]];
    if (levels.length !== counts.length) fail(`the scheduler has ${levels.length} levels`);

    for (const [i, level] of levels.entries()) {
        await choose(`${i + 1} ${level.title}`);
        await press('All orders');
        const [all, bad] = counts[i];
        const orders = await place.locator('.all button').evaluateAll(buttons => buttons.map(button => [button.dataset.order, button.className]));
        const ending = orders.filter(([, end]) => end === 'bad').length;
        if (orders.length !== all || ending !== bad) fail(`level ${i + 1}: ${orders.length} orders, ${ending} of them bad, in place of ${all} and ${bad}`);

        const ends = new Set();
        for (const [order, promised] of orders) {
            await press('Start again');
            for (const process of order.split(' ')) await press(`Run one step of ${process}`);
            const verdict = await place.locator('.verdict').innerText();
            ends.add(level.ends.findIndex(({ say }) => verdict.startsWith(say.split('{')[0])));
            const good = await place.locator('.verdict').evaluate(verdict => verdict.classList.contains('good'));
            if (good !== (promised === 'good')) fail(`level ${i + 1}: ${order}: ${verdict}`);
            if (orders.length > 20 && ends.size === level.ends.length) break;
        }
        if (ends.size !== level.ends.length || ends.has(-1)) fail(`level ${i + 1} reaches the ends ${[...ends]}`);
        await press('Undo');
        if (await place.locator('.verdict').innerText()) fail(`level ${i + 1}: Undo does not take the end back`);
    }
}

export async function thePermissionsAreTheKernels({ address, open, fail }) {
    const page = await open();
    const { stage: place, choose, tick } = await stage(page, address, 'reference/permissions.html', 'f-permissions');
    const callers = await place.getByRole('radio').evaluateAll(radios => radios.map(radio => radio.parentNode.textContent.trim()));
    const calls = await place.locator('tbody td:first-child').allInnerTexts();
    if (calls.join() !== cases.calls.join()) fail(`permissions: the calls are ${calls}`);
    for (const { mode, caller, answers } of cases.permissions) {
        for (const box of await place.locator('.mode input').all()) {
            await tick(box, Boolean(parseInt(mode, 8) & Number(await box.getAttribute('value'))));
        }
        await choose(callers[caller]);
        const says = (await place.locator('tbody td:nth-child(2)').allInnerTexts()).join(' ');
        if (says !== answers) fail(`permissions: mode ${mode}, ${callers[caller]}: ${says}, and the kernel says ${answers}`);
        if (await place.locator('output').innerText() !== mode) fail(`permissions: the mode ${mode} is not shown`);
    }
}

export async function theBytesAreTheKernels({ address, open, fail }) {
    const page = await open();
    const { stage: place, press, tick, type } = await stage(page, address, 'lessons/04_write.html', 'f-bytes');
    const bytes = text => text.replace(/␣/g, ' ').replace(/\\0/g, '\0');
    for (const { writes, says, memory, printed } of cases.bytes) {
        await press('A fresh segment');
        for (const [message, options] of writes) {
            await type(place.getByRole('textbox'), message);
            for (const box of await place.getByRole('checkbox').all()) await tick(box, options.split(' ').includes(await box.getAttribute('name')));
            await press('Write');
        }
        const cells = bytes((await place.locator('.cells b').allInnerTexts()).join(''));
        const [said, print] = await place.locator('dd').allInnerTexts();
        if (cells !== Buffer.from(memory, 'hex').toString('latin1')) fail(`bytes: ${JSON.stringify(writes)}: ${JSON.stringify(cells)}`);
        if (!said.includes(says) || print !== printed) fail(`bytes: ${JSON.stringify(writes)}: ${said}, ${print}`);
    }
}

export async function theKeysAreTheLibrarys({ address, open, fail }) {
    const page = await open();
    const { stage: place, press, type } = await stage(page, address, 'lessons/01_key.html', 'f-ftok');
    for (const { device, inode, project, key } of cases.ftok) {
        for (const [i, number] of [project, device, inode].entries()) await type(place.getByRole('textbox').nth(i), `0x${number.toString(16)}`);
        const shown = await place.locator('output').first().innerText();
        if (shown !== key) fail(`ftok: device ${device}, inode ${inode}, project ${project}: ${shown} and not ${key}`);
    }
    await press('Make them collide');
    const [one, other] = await place.locator('output').allInnerTexts();
    if (one !== other || !(await place.locator('.verdict').innerText()).startsWith('One key')) fail('ftok: they do not collide');
    await place.getByRole('slider').focus();
    await page.keyboard.press('End');
    if (!(await place.innerText()).includes('Of 1000 files')) fail('ftok: the slider does not move');
}

export async function aSegmentLivesAsTheKernelsDoes({ address, open, fail }) {
    const page = await open();
    const { stage: place, press } = await stage(page, address, 'concepts/life.html', 'f-lives');
    const words = { create: 'shmget, new', open: 'shmget, find', attach: 'shmat', detach: 'shmdt', exit: 'exit', remove: 'IPC_RMID' };
    for (const { calls, answer, rows } of cases.life) {
        await press('Start again');
        for (const call of calls.split(' ')) {
            const [who, verb] = call.split('.');
            const lane = place.locator(`.lane.${who}`);
            // What can no longer succeed cannot be pressed; the kernel would say EINVAL.
            const able = await lane.getByRole('button', { name: words[verb], exact: true }).getAttribute('aria-disabled') === 'false';
            if (!able) fail(`life: ${calls}: ${call} cannot be pressed`);
            await press(words[verb], lane);
        }
        const said = await place.locator('.verdict').innerText();
        if (!said.endsWith(`: ${answer}`)) fail(`life: ${calls}: ${said}`);
        const shown = (await place.locator('tbody tr').allInnerTexts()).map(row => row.trim().split(/\s+/).join(' ')).filter(row => row !== 'no row');
        if (shown.join('; ') !== rows.join('; ')) fail(`life: ${calls}: ${shown.join('; ')}`);
    }
}

export async function theFirstPageRuns({ address, open, fail }) {
    const page = await open();
    const { stage: place, press } = await stage(page, address, 'index.html', 'f-opening');
    const story = [['reader', 'no segment'], ['writer', 'You wrote: Hello World'], ['reader', 'Data read from shared memory is: Hello World'], ['writer', 'You wrote: Hi'], ['reader', 'is: Hi'], ['remover', 'Removed'], ['reader', 'no segment'], ['remover', 'no segment']];
    for (const [who, says] of story) {
        await press(`Run ${who}`);
        const shown = await place.locator(`.lane.${who} pre`).innerText();
        if (!shown.includes(says)) fail(`opening: ${who} says ${shown} in place of ${says}`);
    }
}
