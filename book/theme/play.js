'use strict';

// What the reader tries out: a figure.kata-play names in data-play which of these it is. The static part in .paper is
// there without script and on paper; what is here goes on a stage behind it. What they say of the kernel is in
// book/check/cases.json too, where a test asks the kernel and the browser check asks these pages.

const visible = byte => byte === 0 ? '\\0' : byte === 32 ? '␣' : byte < 33 || byte > 126 ? '·' : String.fromCharCode(byte);
const hex = (number, digits = 8) => `0x${(number >>> 0).toString(16).padStart(digits, '0')}`;

// --- the bytes of a segment and its page ----------------------------------------------------------------------------

const SIZE = 16;
const PAGE = 24;

/** What is in memory after a message was stored over what was there, and what the writer is told. */
function stored(memory, message, { nul, zeroes, check }) {
    const bytes = [...new TextEncoder().encode(message)];
    if (check && bytes.length + 1 > SIZE) return { memory, says: 'Err(InvalidInput), and no byte was stored' };
    const after = [...memory];
    const put = [...bytes, ...(nul ? [0] : [])];
    put.forEach((byte, i) => { if (i < PAGE) after[i] = byte; });
    if (zeroes) for (let i = put.length; i < SIZE; i += 1) after[i] = 0;
    return { memory: after, says: put.length > SIZE ? 'Ok(()), and no signal said that it left the segment' : 'Ok(())' };
}

/** What C's printf("%s") prints of it: up to the first NUL. */
const printed = memory => memory.includes(0) ? String.fromCharCode(...memory.slice(0, memory.indexOf(0))) : `${String.fromCharCode(...memory)}…`;

function bytes(stage) {
    let memory = Array(PAGE).fill(0);
    let before = memory;
    const text = make('input', { type: 'text', value: 'Hello World', maxLength: 22 });
    const options = Object.fromEntries([['nul', 'store a NUL behind it'], ['zeroes', 'store zeroes up to the end of the segment'], ['check', 'check the length first']]
        .map(([name, label]) => [name, Object.assign(make('input', { type: 'checkbox', name, checked: name === 'nul' }), { label })]));
    const cells = part('div', 'cells bytes');
    const answers = ['write_message says', 'C’s printf("%s") prints', 'all 16 bytes are'].map(label => [make('dt', { textContent: label }), make('dd')]);
    const verdict = announcer();
    const draw = says => {
        cells.replaceChildren(...memory.map((byte, i) => {
            const cell = part('b', i >= SIZE ? 'outside' : '', visible(byte));
            if (byte !== before[i]) cell.classList.add('hit');
            return cell;
        }));
        const out = [says, printed(memory), memory.slice(0, SIZE).map(visible).join('')];
        answers.forEach(([, answer], i) => { answer.textContent = out[i]; });
        verdict.textContent = printed(memory).length > SIZE ? 'printf read past the segment.' : '';
    };
    const write = button('Write', () => {
        before = memory;
        const result = stored(memory, text.value, Object.fromEntries(Object.entries(options).map(([name, box]) => [name, box.checked])));
        memory = result.memory;
        draw(result.says);
    });
    const fresh = button('A fresh segment', () => { memory = Array(PAGE).fill(0); before = memory; draw('nothing yet'); });
    stage.append(
        part('div', 'bar', part('label', '', 'Message ', text), write, fresh),
        part('div', 'choices', ...Object.values(options).map(box => part('label', '', box, ` ${box.label}`))),
        cells, part('dl', '', ...answers.flat()), verdict,
    );
    draw('nothing yet');
}

// --- who may do what ------------------------------------------------------------------------------------------------

const CALLERS = ['the owner', 'the creator, who gave it away', 'in the owner’s group', 'another user', 'root, with every capability'];
const READ = 4;
const WRITE = 2;
/** Each call: what of the mode it wants, or 'control' where it asks who you are. */
const CALLS = [
    ['shmget(key, 0, 0)', 0],
    ['shmget(key, 0, 0600)', READ | WRITE],
    ['shmat(id, NULL, SHM_RDONLY)', READ],
    ['shmat(id, NULL, 0)', READ | WRITE],
    ['shmctl(id, IPC_STAT, …)', READ],
    ['shmctl(id, IPC_SET, …)', 'control'],
    ['shmctl(id, IPC_RMID, …)', 'control'],
    ['ipcs -m', 0],
];

/** The kernel's answer, and why. */
function permitted(mode, caller, wants) {
    if (wants === 0) return ['yes', 'nothing is asked'];
    if (caller === 4) return ['yes', wants === 'control' ? 'CAP_SYS_ADMIN' : 'CAP_IPC_OWNER passes every mode'];
    if (wants === 'control') return caller < 2 ? ['yes', `you are ${caller ? 'the creator' : 'the owner'}; the mode is not looked at`] : ['EPERM', 'you are neither owner nor creator; the mode is not looked at'];
    const group = [0, 0, 1, 2][caller];
    const bits = mode >> (6 - 3 * group) & 7;
    const name = ['owner’s', 'group’s', 'others’'][group];
    const missing = [[READ, 'r'], [WRITE, 'w']].filter(([bit]) => wants & ~bits & bit).map(([, letter]) => letter);
    return missing.length ? ['EACCES', `only the ${name} bits count, and they lack ${missing.join(' and ')}`] : ['yes', `the ${name} bits grant it`];
}

function permissions(stage) {
    let caller = 0;
    const octal = make('output');
    const groups = ['owner', 'group', 'others'].map((name, group) => part('fieldset', 'choices', make('legend', { textContent: name }), ...[READ, WRITE].map(bit => {
        const box = make('input', { type: 'checkbox', value: bit << (6 - 3 * group), checked: group === 0 });
        box.addEventListener('change', () => draw());
        return part('label', '', box, bit === READ ? ' r' : ' w');
    })));
    const body = make('tbody');
    const draw = () => {
        const mode = [...stage.querySelectorAll('.mode input:checked')].reduce((sum, box) => sum | Number(box.value), 0);
        octal.textContent = mode.toString(8).padStart(4, '0');
        groups.forEach((set, i) => set.classList.toggle('counts', i === [0, 0, 1, 2][caller]));
        body.replaceChildren(...CALLS.map(([call, wants]) => {
            const [answer, why] = permitted(mode, caller, wants);
            return part('tr', '', part('td', '', make('code', { textContent: call })), part('td', answer === 'yes' ? 'good' : 'bad', answer), make('td', { textContent: why }));
        }));
    };
    const head = part('thead', '', part('tr', '', ...['you call', 'the kernel says', 'because'].map(textContent => make('th', { textContent, scope: 'col' }))));
    stage.append(part('div', 'bar mode', ...groups, part('p', '', 'mode ', octal)), radios('You are', 'caller', CALLERS, i => { caller = i; draw(); }), part('table', '', head, body));
    draw();
}

// --- ftok -----------------------------------------------------------------------------------------------------------

/** What glibc and musl make of a file and a project. */
const ftok = (device, inode, project) => (project & 0xff) << 24 | (device & 0xff) << 16 | inode & 0xffff;
/** How likely two of so many files have one key, if their inode numbers are drawn at random. */
const collision = files => 1 - Array.from({ length: files }, (_, i) => 1 - i / 0x10000).reduce((product, factor) => product * Math.max(0, factor), 1);

function keys(stage) {
    const field = (label, value) => {
        const input = make('input', { type: 'text', value, spellcheck: false });
        input.addEventListener('input', () => draw());
        return [input, part('label', '', `${label} `, input)];
    };
    const files = ['One file', 'Another file'].map((legend, i) => {
        const fields = [field('project', '0x41'), field('device', '0xfe02'), field('inode', i ? '0x1a2d1a' : '0x1a2d19')];
        const key = make('output');
        const set = part('fieldset', 'file', make('legend', { textContent: legend }), ...fields.map(([, label]) => label), part('p', '', 'key ', key));
        return { inputs: fields.map(([input]) => input), key, set };
    });
    const verdict = announcer();
    const many = make('input', { type: 'range', min: 2, max: 1000, value: 100 });
    many.setAttribute('aria-label', 'Number of files');
    const chance = part('span', '');
    const draw = () => {
        const made = files.map(({ inputs, key }) => {
            const [project, device, inode] = inputs.map(input => Number(input.value));
            inputs.forEach(input => input.setAttribute('aria-invalid', !Number.isInteger(Number(input.value)) || input.value.trim() === ''));
            const value = ftok(device, inode, project);
            key.replaceChildren('0x', ...[[24, 2], [16, 2], [0, 4]].map(([shift, digits]) => make('b', { textContent: (value >>> shift & (1 << 4 * digits) - 1).toString(16).padStart(digits, '0') })));
            return value;
        });
        verdict.className = `verdict ${made[0] === made[1] ? 'bad' : 'good'}`;
        verdict.textContent = made[0] === made[1] ? 'One key for both files: the program that asks second finds the segment of the first.' : 'Two keys.';
        chance.textContent = `Of ${many.value} files with random inode numbers, two have one key with ${(100 * collision(Number(many.value))).toFixed(1)} %`;
    };
    many.addEventListener('input', draw);
    const collide = button('Make them collide', () => {
        files[1].inputs.forEach((input, i) => { input.value = files[0].inputs[i].value; });
        files[1].inputs[2].value = `0x${(Number(files[0].inputs[2].value) + 0x10000).toString(16)}`;
        draw();
    });
    stage.append(part('div', 'files', ...files.map(({ set }) => set)), verdict, part('div', 'bar', collide), part('div', 'bar', many, chance));
    draw();
}

// --- the life of a segment ------------------------------------------------------------------------------------------

const KEY = 0x929;

/** The kernel's table, and what it answers. Ids count from 0, as in a fresh IPC namespace. */
function kernel() {
    const table = [];
    let made = 0;
    const holds = { writer: null, reader: null };
    const attached = { writer: null, reader: null };
    const byKey = () => table.find(({ key }) => key === KEY);
    const nattch = segment => Object.values(attached).filter(other => other === segment).length;
    const reap = () => table.splice(0, table.length, ...table.filter(segment => !segment.marked || nattch(segment)));
    const calls = {
        create: who => {
            if (byKey()) return 'EEXIST';
            holds[who] = { id: made, key: KEY, marked: false };
            made += 1;
            table.push(holds[who]);
            return `id ${holds[who].id}`;
        },
        open: who => {
            if (!byKey()) return 'ENOENT';
            holds[who] = byKey();
            return `id ${holds[who].id}`;
        },
        attach: who => {
            if (!table.includes(holds[who])) return 'EINVAL';
            attached[who] = holds[who];
            return 'an address';
        },
        detach: who => {
            attached[who] = null;
            reap();
            return '0';
        },
        exit: who => {
            attached[who] = null;
            holds[who] = null;
            reap();
            return 'detached, if it was attached';
        },
        remove: () => {
            const segment = byKey();
            if (!segment) return 'ENOENT';
            Object.assign(segment, { key: 0, marked: true });
            reap();
            return '0';
        },
    };
    return {
        calls,
        rows: () => table.map(segment => [hex(segment.key), String(segment.id), String(nattch(segment)), segment.marked ? 'dest' : '']),
        able: (who, call) => call === 'attach' ? holds[who] !== null && attached[who] === null : call === 'detach' ? attached[who] !== null : true,
    };
}

const LIVES = { writer: ['create', 'attach', 'detach', 'exit'], reader: ['open', 'attach', 'detach', 'exit'], remover: ['remove'] };
const WORDS = { create: 'shmget, new', open: 'shmget, find', attach: 'shmat', detach: 'shmdt', exit: 'exit', remove: 'IPC_RMID' };

function life(stage) {
    let machine = kernel();
    const states = ['absent', 'exists', 'attached', 'marked'].map(textContent => make('li', { textContent }));
    const body = make('tbody');
    const verdict = announcer();
    const draw = said => {
        const rows = machine.rows();
        body.replaceChildren(...rows.map(row => part('tr', '', ...row.map(textContent => make('td', { textContent })))));
        if (!rows.length) body.append(part('tr', '', make('td', { textContent: 'no row', colSpan: 4 })));
        const last = rows.at(-1);
        const now = !last ? 0 : last[3] ? 3 : last[2] === '0' ? 1 : 2;
        states.forEach((state, i) => i === now ? state.setAttribute('aria-current', 'step') : state.removeAttribute('aria-current'));
        verdict.textContent = said;
        for (const [made, who, call] of buttons) can(made, machine.able(who, call));
    };
    const buttons = Object.entries(LIVES).flatMap(([who, calls]) => calls.map(call => {
        const made = button(WORDS[call], () => draw(`${who}: ${WORDS[call]}: ${machine.calls[call](who)}`));
        return [made, who, call];
    }));
    const lanes = Object.keys(LIVES).map(who => part('div', `lane ${who}`, make('h4', { textContent: who }), ...buttons.filter(([, other]) => other === who).map(([made]) => made)));
    const head = part('thead', '', part('tr', '', ...['key', 'shmid', 'nattch', 'status'].map(textContent => make('th', { textContent, scope: 'col' }))));
    const again = button('Start again', () => { machine = kernel(); draw('An empty table.'); });
    stage.append(part('ol', 'track', ...states), part('div', 'lanes', ...lanes), verdict, part('table', '', head, body), part('div', 'bar', again));
    draw('An empty table.');
}

// --- the first page -------------------------------------------------------------------------------------------------

function opening(stage) {
    const lines = ['Hello World', 'Hi', 'Good night'];
    let written = 0;
    let ids = 0;
    let segment = null;
    const consoles = Object.fromEntries(COLOURS.map(who => [who, part('pre', '')]));
    const cells = part('div', 'cells bytes');
    cells.style.setProperty('--columns', 12);
    const row = part('p', 'row');
    const verdict = announcer();
    const draw = (who, text, hits) => {
        for (const other of COLOURS) if (!consoles[other].textContent) consoles[other].textContent = `$ ${other}`;
        if (who) consoles[who].textContent = `$ ${who}\n${text}`;
        row.textContent = segment ? `key 0x929, id ${segment.id}, 1024 bytes, nattch 0` : 'no segment';
        cells.replaceChildren(...Array.from({ length: 12 }, (_, i) => {
            const cell = part('b', segment ? '' : 'none', segment ? visible(segment.text.charCodeAt(i) || 0) : '');
            if (hits) cell.classList.add('hit');
            return cell;
        }));
        verdict.textContent = who ? `${who}: ${text}` : 'Run the writer first, or the reader.';
    };
    const acts = {
        writer: () => {
            segment ??= { id: ids++ };
            segment.text = lines[written++ % lines.length];
            draw('writer', `You wrote: ${segment.text}`, true);
        },
        reader: () => draw('reader', segment ? `Data read from shared memory is: ${segment.text}` : 'no segment has key 2345', false),
        remover: () => {
            const was = segment;
            segment = null;
            draw('remover', was ? 'Removed' : 'no segment has key 2345', Boolean(was));
        },
    };
    const lanes = COLOURS.map(who => part('div', `lane ${who}`, button(`Run ${who}`, acts[who]), consoles[who]));
    stage.append(part('div', 'lanes', ...lanes), part('div', 'between', make('h4', { textContent: 'in the kernel' }), row, cells), verdict);
    draw();
}

// --------------------------------------------------------------------------------------------------------------------

const PLAYS = { opening, schedule, bytes, permissions, ftok: keys, life };
for (const figure of document.querySelectorAll('figure[data-play]')) {
    const stage = part('div', 'stage');
    figure.querySelector('.paper').after(stage);
    const data = figure.querySelector('script[type="application/json"]');
    PLAYS[figure.dataset.play](stage, data && JSON.parse(data.textContent));
    figure.classList.add('live');
}
