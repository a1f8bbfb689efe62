'use strict';

// Steppers. A figure.stepper holds an <svg>, whose groups say in data-step at which states they are seen ("2", "2 3",
// or "2+" from there on), and an <ol> with a sentence per state. Without this script, and on paper, all is seen.
for (const figure of document.querySelectorAll('figure.stepper')) {
    const states = [...figure.querySelectorAll('ol > li')];
    const groups = [...figure.querySelectorAll('[data-step]')].map(group => {
        const from = parseInt(group.dataset.step, 10);
        const steps = group.dataset.step.endsWith('+')
            ? states.map((_, i) => i + 1).filter(n => n >= from)
            : group.dataset.step.split(' ').map(Number);
        return { group, steps };
    });
    const title = figure.querySelector('title').textContent;
    const button = text => Object.assign(document.createElement('button'), { type: 'button', textContent: text });
    const back = button('Back');
    const next = button('Next');
    const range = Object.assign(document.createElement('input'), { type: 'range', min: 1, max: states.length, value: 1 });
    range.setAttribute('aria-label', `State of the figure: ${title}`);
    const where = document.createElement('span');
    where.setAttribute('role', 'status');

    const show = wanted => {
        range.value = wanted;
        const n = Number(range.value);
        range.setAttribute('aria-valuetext', `S${n} of ${states.length}: ${states[n - 1].textContent.trim()}`);
        for (const { group, steps } of groups) {
            const log = group.classList.contains('log');
            group.classList.toggle('passed', log && n > steps.at(-1));
            group.classList.toggle('off', !steps.includes(n) && !(log && n > steps.at(-1)));
        }
        states.forEach((state, i) => {
            state.dataset.state = `S${i + 1}`;
            if (i + 1 === n) {
                state.setAttribute('aria-current', 'step');
            } else {
                state.removeAttribute('aria-current');
            }
        });
        // A button that is disabled while it has the focus would lose it.
        back.setAttribute('aria-disabled', n === 1);
        next.setAttribute('aria-disabled', n === states.length);
        where.textContent = `S${n} of ${states.length}`;
    };
    back.addEventListener('click', () => show(Number(range.value) - 1));
    next.addEventListener('click', () => show(Number(range.value) + 1));
    range.addEventListener('input', () => show(range.value));

    const bar = document.createElement('div');
    bar.className = 'stepper-bar';
    bar.append(back, range, next, where);
    figure.prepend(bar);
    figure.classList.add('live');
    show(1);
}

// The reader's ticks: kept in this browser, where it allows that.
{
    const store = {
        get: key => { try { return localStorage.getItem(key); } catch { return null; } },
        set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* They last for this page alone. */ } },
        remove: key => { try { localStorage.removeItem(key); } catch { /* Likewise. */ } },
    };
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

    // What scrolls sideways can be reached by Tab, and then scrolled by the arrow keys.
    const reach = () => {
        for (const region of document.querySelectorAll('main pre > code, main .table-wrapper')) {
            if (region.scrollWidth > region.clientWidth) {
                region.tabIndex = 0;
                region.setAttribute('role', 'region');
                region.setAttribute('aria-label', region.tagName === 'CODE' ? 'Listing' : 'Table');
            } else {
                for (const name of ['tabindex', 'role', 'aria-label']) region.removeAttribute(name);
            }
        }
    };
    reach();
    addEventListener('resize', reach);
    addEventListener('toggle', reach, true);
}
