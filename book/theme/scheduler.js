'use strict';

// You are the scheduler. A level is data, in the page: the memory, what each process does step by step, and how a run
// can end. `when` names cells and processes, and what is in them; the first end that fits is told, and the last needs
// no `when`.

/** What a step does to the memory and to the process that runs it. */
const OPERATIONS = {
    load: (memory, me, name) => { me.r = memory[name]; },
    add: (_, me, number) => { me.r += number; },
    store: (memory, me, name) => { memory[name] = me.r; },
    fetch_add: (memory, me, name, number) => { me.r = memory[name]; memory[name] += number; },
    put: (memory, _, name, value) => { memory[name] = value; },
    get: (memory, me, name) => { me.got = (me.got ?? '') + memory[name]; },
    open: (memory, me, name) => { if (memory[name] === null) Object.assign(me, { got: 'ENOENT', ended: true }); },
};

/** Runs the processes of a level in this order: [0, 0, 1, ...]. */
function run({ memory, processes }, order) {
    const state = { memory: { ...memory }, processes: processes.map(() => ({ at: 0 })) };
    for (const p of order) {
        const me = state.processes[p];
        const [, operation, ...operands] = processes[p].steps[me.at];
        OPERATIONS[operation](state.memory, me, ...operands);
        me.at += 1;
    }
    state.ready = processes.map(({ steps }, p) => !state.processes[p].ended && state.processes[p].at < steps.length);
    return state;
}

/** How a run ended, when it has. */
function end(level, state) {
    if (state.ready.includes(true)) return null;
    const values = { ...state.memory };
    level.processes.forEach(({ name }, p) => { values[name] = state.processes[p].got ?? ''; });
    const found = level.ends.find(({ when = {} }) => Object.entries(when).every(([name, value]) => values[name] === value));
    return { ...found, say: found.say.replace(/\{(\w+)\}/g, (_, name) => values[name]) };
}

/** Every order in which a level can be run to its end. */
function orders(level, begun = []) {
    const { ready } = run(level, begun);
    if (!ready.includes(true)) return [begun];
    return ready.flatMap((is, p) => is ? orders(level, [...begun, p]) : []);
}

function schedule(stage, levels) {
    let level = levels[0];
    let order = [];
    const goal = part('p', 'goal');
    const lanes = part('div', 'lanes shared');
    const log = part('p', 'log');
    const verdict = announcer();
    const all = part('div', 'all');
    const undo = button('Undo', () => { order.pop(); draw(); });
    const again = button('Start again', () => { order = []; draw(); });
    const show = button('All orders', () => {
        const ends = orders(level).map(order => [order, end(level, run(level, order))]);
        const bad = ends.filter(([, { good }]) => !good).length;
        verdict.textContent = `${ends.length} orders, and ${bad || 'none'} of them ${bad === 1 ? 'ends' : 'end'} badly. Choose one to see it.`;
        all.replaceChildren(...ends.map(([each, { good }]) => {
            const made = button('', () => { order = [...each]; draw(); });
            made.className = good ? 'good' : 'bad';
            made.dataset.order = each.map(p => level.processes[p].name).join(' ');
            const mark = part('span', '', good ? '✓' : '✗');
            mark.ariaHidden = 'true';
            made.append(...each.flatMap(p => [letter(p), ' ']), mark, part('span', 'kata-unseen', good ? 'ends well' : 'ends badly'));
            return made;
        }));
    });
    const segment = part('div', 'cells');
    const sides = [];
    const letter = p => part('i', COLOURS[p], level.processes[p].name[0].toUpperCase());

    const draw = () => {
        const state = run(level, order);
        const before = run(level, order.slice(0, -1)).memory;
        segment.replaceChildren(...Object.entries(state.memory).map(([name, value]) => {
            const cell = part('b', value === null ? 'none' : '', value === null ? 'none' : value === '' ? '\\0' : String(value));
            if (order.length && before[name] !== value) cell.classList.add('hit');
            return part('span', '', make('small', { textContent: name }), cell);
        }));
        sides.forEach(({ code, register, step }, p) => {
            const me = state.processes[p];
            [...code.children].forEach((line, i) => {
                line.className = i < me.at ? 'done' : '';
                if (i === me.at && state.ready[p]) line.setAttribute('aria-current', 'step'); else line.removeAttribute('aria-current');
            });
            register.textContent = me.got !== undefined ? `has ${me.got || '\\0'}` : me.r !== undefined ? `r = ${me.r}` : 'has nothing yet';
            can(step, state.ready[p]);
        });
        log.replaceChildren('Order: ', ...order.map(letter), order.length ? '' : 'not begun');
        can(undo, order.length);
        can(again, order.length);
        const ended = end(level, state);
        verdict.className = `verdict ${ended ? ended.good ? 'good' : 'bad' : ''}`;
        verdict.textContent = ended?.say ?? '';
    };
    const choose = i => {
        level = levels[i];
        order = [];
        goal.textContent = level.goal;
        all.replaceChildren();
        sides.splice(0, sides.length, ...level.processes.map(({ name, steps }, p) => {
            const code = part('ol', '', ...steps.map(([text]) => make('li', { textContent: text })));
            const register = part('p', 'register');
            const step = button(`Run one step of ${name}`, () => { order.push(p); draw(); });
            return { code, register, step, lane: part('div', `lane ${COLOURS[p]}`, make('h4', { textContent: name }), code, register, step) };
        }));
        lanes.replaceChildren(sides[0].lane, part('div', 'between', make('h4', { textContent: 'shared memory' }), segment), sides[1].lane);
        draw();
    };
    stage.append(radios('Level', 'scheduler', levels.map(({ title }, i) => `${i + 1} ${title}`), choose), goal, lanes, log, verdict, part('div', 'bar', undo, again, show), all);
    choose(0);
}
