// Board: the wall screen. Nothing scrolls, nothing is touched; it says its own age.
// Units are ordered and coloured by what the office does, never by how many people
// came or complained. No summaries, case numbers, hamlets or names.
import { html, useEffect, useLayoutEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { getAll, useNow, useWatch } from '/web/lib/data.js';
import { addDays, daysTo, showDate, showSince, showTime, today } from '/web/lib/dates.js';
import { whoseCase } from '/web/lib/cases.js';
import { band, learnNames, learnName, officeName } from '/web/lib/office.js';
import { useOnPaper } from '/web/lib/paper.js';
import { compareNames } from '/web/lib/text.js';
import { t } from '/web/lib/words.js';
import { Flow } from '/web/board/flow.js';
import { Legend, UnitMap } from '/web/board/map.js';
import { runningOrder } from '/web/centre/running.js';
import { byWorst, lateDays } from '/web/centre/units.js';
import { shiftsOfToday } from '/web/desk/duty.js';

const OLD_MS = 90000;
const GAP_MS = 3000; // a wall is read, not watched for every event
const SLOW_GAP_MS = 30000; // what changes by the day
const CROWDS = 4; // two lines each; fewer where there is no room
const LOW = 6; // rows of a low screen: what is going on has the room first
const ALL = 10000; // on paper nothing is left out
const PUBLIC = 'lienthong-public-screen';
const FEW = 5;

const isSilent = (u) => ['silent', 'withheld'].includes(u.link);

/** On a public screen 1 to 4 shows as "< 5", so that nobody can be made out. */
const masked = (n, open) => (open && n > 0 && n < FEW ? t('board_few') : String(n));

/** The first @most names, and how many more. */
function nameList(units, most) {
    const first = units.slice(0, most).map((u) => u.name).join(' · ');
    return units.length > most ? `${first} ${t('board_others', { n: units.length - most })}` : first;
}

function Block({ area, title, children, tone, more }) {
    return html`<section class=${`block ${area} ${tone ?? ''}`} aria-labelledby=${`b-${area}`}>
        <h2 id=${`b-${area}`}>${title} ${more}</h2>${children}</section>`;
}

/* How many of @n rows of two lines the block has room for, the line that counts the rest
 * among them: none is cut in half. */
function useFit(n, most) {
    const list = useRef(null);
    const [fit, setFit] = useState(most);
    const measure = () => {
        const ul = list.current;
        const row = ul?.firstElementChild;
        if (!row || most === ALL) {
            return;
        }
        const block = ul.closest('.block');
        const room = block.getBoundingClientRect().bottom - ul.getBoundingClientRect().top
            - 2 * parseFloat(getComputedStyle(block).paddingBottom);
        const high = row.getBoundingClientRect().height;
        const whole = Math.floor(room / high);
        setFit(Math.max(1, whole >= n ? n : Math.floor((room - high * 0.6) / high)));
    };
    useLayoutEffect(measure, [n, most]);
    useEffect(() => {
        addEventListener('resize', measure);
        return () => removeEventListener('resize', measure);
    }, [n, most]);
    return [list, most === ALL ? ALL : Math.min(fit, most)];
}

function Crowds({ items, now, most }) {
    const order = runningOrder(items);
    const [list, rows] = useFit(order.length, most);
    return html`<${Block} area="crowds" title=${t('board_running')}
        tone=${order.some((i) => i.state === 'raised') ? 'bad' : order.length ? 'warn' : ''}>
        ${order.length === 0 ? html`<p class="calm">${t('board_running_none')}</p>`
        : html`<ul ref=${list}>${order.slice(0, rows).map((i) => html`<li key=${i.id}
            class=${i.state === 'raised' ? 'untaken' : ''}>
            <b>${officeName(i.origin)}</b>
            <span class="clock">${showSince(i.raised_at, now)}</span>
            <span>${t('people_n', { n: band(i.people) })}</span>
            <span class="by">${i.taken_by ? t('board_taken', { name: officeName(i.taken_by),
        time: showTime(i.taken_at) })
        : t('board_untaken')}</span></li>`)}</ul>
            ${order.length > rows && html`<p>${t('board_others', { n: order.length - rows })}</p>`}`}
    </${Block}>`;
}

function Late({ units, open, rows }) {
    const late = units.filter((u) => u.overdue > 0).sort((a, b) => lateDays(b) - lateDays(a)
        || compareNames(a.name, b.name));
    return html`<${Block} area="late" title=${t('board_late')} tone=${late.length ? 'warn' : ''}>
        ${late.length === 0 ? html`<p class="calm">${t('board_late_none')}</p>`
        : html`<ul>${late.slice(0, rows).map((u) => html`<li key=${u.id}><b>${u.name}</b>
            <span class="num">${t('days_n', { n: lateDays(u) })}</span>
            <span class="by">${masked(u.overdue, open)}</span> <span class="quiet">${t('board_cases')}
            </span></li>`)}</ul>
            ${late.length > rows && html`<p>${t('board_others', { n: late.length - rows })}</p>`}`}
    </${Block}>`;
}

function Links({ units, rows }) {
    const silent = units.filter(isSilent).sort((a, b) => ((a.since ?? '') < (b.since ?? '')
        ? -1 : 1));
    return html`<${Block} area="links" title=${t('board_links')} tone=${silent.length ? 'warn' : ''}>
        ${silent.length === 0 ? html`<p class="calm">${t('board_links_ok')}</p>`
        : html`<ul>${silent.slice(0, rows).map((u) => html`<li key=${u.id}><b>${u.name}</b>
            <span class="num">${t('board_since', { time: showTime(u.since) })}</span></li>`)}</ul>
            ${silent.length > rows && html`<p>${t('board_others',
        { n: silent.length - rows })}</p>`}`}
    </${Block}>`;
}

/* Sent, received, in hand, done: by addressee, and who has not opened. */
function Directives({ items, self, open }) {
    const targets = items.filter((d) => !d.voided && d.issuer === self).flatMap((d) => d.to);
    const count = (...codes) => targets.filter((to) => codes.includes(to.status)).length;
    const unread = new Map();
    for (const to of targets) {
        if (to.status === null || to.status === '01') {
            unread.set(to.office, officeName(to.office));
        }
    }
    const names = [...unread.values()].sort(compareNames).map((name) => ({ name }));
    return html`<${Block} area="orders" title=${t('board_directives')}
        more=${html`<span class="by">${t('board_by_office')}</span>`}>
        <div class="four">${[['board_sent', targets.length],
        ['board_received', count('03', '04', '05', '06')], ['board_doing', count('04', '05')],
        ['board_done', count('06')]].map(([word, n]) => html`<div key=${word}>
            <b>${masked(n, open)}</b><span>${t(word)}</span></div>`)}</div>
        ${names.length > 0 && html`<p>${t('board_unopened', { names: nameList(names, 3) })}</p>`}
    </${Block}>`;
}

/* Of a denunciation that another office holds the board knows the month. */
const monthEnd = (month) => addDays(`${addDays(`${month}-01`, 31).slice(0, 7)}-01`, -1);

/* Decisions in force of which nobody has ordered the enforcement: by office, the
 * longest first. */
function Enforce({ items, now, open, rows }) {
    const by = new Map();
    for (const item of items) {
        const days = Math.max(0, -daysTo(item.decided_on ?? monthEnd(item.decided_month), now));
        const old = by.get(whoseCase(item)) ?? { n: 0, days: 0 };
        by.set(whoseCase(item), { n: old.n + 1, days: Math.max(old.days, days) });
    }
    const list = [...by.entries()].sort(([a, x], [b, y]) => y.days - x.days
        || compareNames(officeName(a), officeName(b)));
    return html`<${Block} area="enforce" title=${t('board_enforce')} tone=${list.length ? 'warn' : ''}>
        ${list.length === 0 ? html`<p class="calm">${t('board_enforce_none')}</p>`
        : html`<ul>${list.slice(0, rows).map(([office, u]) => html`<li key=${office}>
            <b>${officeName(office)}</b> <span class="num">${t('board_waits', { n: u.days })}</span>
            <span class="by">${masked(u.n, open)}</span> <span class="quiet">${t('board_decisions')}
            </span></li>`)}</ul>
            ${list.length > rows && html`<p>${t('board_others', { n: list.length - rows })}</p>`}`}
    </${Block}>`;
}

/* In a heightened period: who has said today's word, who is on duty, who is silent. */
function Period({ period, shifts, now }) {
    const day = today(now);
    const said = period.to.filter((to) => to.last_day === day).length;
    const on = new Set(shiftsOfToday(shifts, now).map((s) => s.office));
    const duty = period.to.filter((to) => on.has(to.office)).length;
    const silent = period.silent.map((id) => ({ name: officeName(id) }))
        .sort((a, b) => compareNames(a.name, b.name));
    return html`<${Block} area="period" title=${period.name} tone=${silent.length ? 'warn' : ''}>
        <div class="four">${[['board_reported', `${said}/${period.to.length}`],
        ['board_on_duty', `${duty}/${period.to.length}`], ['board_not_said', silent.length]].map(
        ([word, n]) => html`<div key=${word}><b>${n}</b><span>${t(word)}</span></div>`)}</div>
        ${silent.length > 0 && html`<p>${t('board_missing', { names: nameList(silent, 3) })}</p>`}
    </${Block}>`;
}

/* How much of the tree these figures cover, and who is missing from them. */
function Complete({ units }) {
    const missing = units.filter((u) => u.link !== 'current').sort((a, b) =>
        Number(isSilent(b)) - Number(isSilent(a)) || compareNames(a.name, b.name));
    return html`<${Block} area="complete" title=${t('board_complete')}>
        <p class="figure">${t('board_complete_n', { n: units.length - missing.length,
        all: units.length, day: showDate(today(), { weekday: false }).slice(0, 5) })}</p>
        ${missing.length > 0 && html`<p>${t('board_missing', { names: nameList(missing, 3) })}</p>`}
    </${Block}>`;
}

function Bar({ name, at, now, open, onOpen }) {
    const age = at === null ? null : now - at;
    return html`<header class="bar-top"><h1>${name}</h1>
        <span>${showDate(today(now))}</span>
        <span class=${age !== null && age > OLD_MS ? 'old' : ''} role="status">${at === null
        ? t('loading') : age > OLD_MS ? t('board_old', { n: Math.round(age / 1000) })
            : t('board_age', { time: new Date(at + 7 * 36e5).toISOString().slice(11, 19) })}</span>
        <button type="button" class="plain" onClick=${onOpen} aria-pressed=${open}>${t(open
        ? 'board_public' : 'board_public_off')}</button>
        <b class="clock">${new Date(now + 7 * 36e5).toISOString().slice(11, 16)}</b></header>`;
}

/* A few rows on a small screen, more on a large one: nothing scrolls. */
function useRows() {
    const measure = () => {
        const letter = Math.min(30, Math.max(15, innerWidth * 0.0135));
        return Math.max(3, Math.floor(innerHeight * 0.36 / (letter * 1.6)) - 2);
    };
    const [rows, setRows] = useState(measure());
    useEffect(() => {
        const again = () => setRows(measure());
        addEventListener('resize', again);
        return () => removeEventListener('resize', again);
    }, []);
    return rows;
}

export default function Board({ session }) {
    const self = session.office.id;
    const now = useNow(1000);
    const seen = useRows();
    const rows = useOnPaper() ? ALL : seen;
    const [open, setOpen] = useState(localStorage.getItem(PUBLIC) === '1');
    const units = useWatch(async () => {
        const all = await getAll('/offices', {}, 5000);
        all.items.forEach((u) => learnName(u.id, u.name));
        return all.items;
    }, ['*'], [self], GAP_MS);
    const incidents = useWatch(async () => learnNames(await get('/incidents',
        { open: true, limit: 100 })), ['incident'], [self], 0);
    const directives = useWatch(async () => learnNames(await getAll('/directives',
        { open: true }, 2000)), ['directive'], [self], GAP_MS);
    const decided = useWatch(async () => learnNames(await getAll('/cases', { open: true,
        about: 'unenforced' }, 5000)), ['case'], [self], SLOW_GAP_MS);
    const periods = useWatch(async () => learnNames(await get('/periods', { open: true,
        limit: 20 })), ['period'], [self], GAP_MS);
    const shifts = useWatch(async () => learnNames(await get('/shifts', { open: true, limit: 1000 })),
        ['shift'], [self], SLOW_GAP_MS);
    const period = (periods.data?.items ?? []).find((p) => p.state === 'running' && !p.voided);
    const below = (units.data ?? []).filter((u) => u.id !== self);
    const flip = () => {
        localStorage.setItem(PUBLIC, open ? '0' : '1');
        setOpen(!open);
    };
    return html`<div class=${period ? 'wall in-period' : 'wall'}><${Bar} name=${session.office.name} at=${units.at} now=${now}
            open=${open} onOpen=${flip} />
        <${Crowds} items=${incidents.data?.items ?? []} now=${now} most=${Math.min(rows, CROWDS)} />
        <${Late} units=${below} open=${open} rows=${rows} />
        <${Links} units=${below} rows=${rows} />
        <${Directives} items=${directives.data?.items ?? []} self=${self} open=${open} />
        <${Complete} units=${below} />
        <${Enforce} items=${(decided.data?.items ?? []).filter((c) => !c.voided)} now=${now} open=${open}
            rows=${Math.min(rows, period || rows < LOW ? 3 : rows)} />
        ${period && html`<${Period} period=${period} shifts=${shifts.data?.items ?? []} now=${now} />`}
        <${Block} area="map" title=${t('board_map', { all: below.length,
        good: below.filter((u) => u.link === 'current').length,
        behind: below.filter((u) => ['behind', 'unknown'].includes(u.link)).length,
        bad: below.filter(isSilent).length })} more=${html`<${Legend} />`}>
            <${UnitMap} units=${[...below].sort(byWorst)} self=${self} /></${Block}>
        <${Block} area="flow" title=${t('board_flow')}><${Flow}
            openNow=${(units.data ?? []).reduce((n, u) => n + (u.open ?? 0), 0)}
            ready=${units.data !== null} /></${Block}>
    </div>`;
}

