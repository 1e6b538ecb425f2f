// Centre: what is going on now, who is silent or late, what waits for me.
import { html, useEffect, useMemo, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { AlikeRow, alikeTo, parentsBy } from '/web/lib/alike.js';
import { toAnswer } from '/web/lib/asks.js';
import { DueIn } from '/web/lib/cases.js';
import { openIncidents } from '/web/lib/crowds.js';
import { getAll, useNow, useWatch } from '/web/lib/data.js';
import { showSince, showTime } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { useKeys } from '/web/lib/keys.js';
import { fetchWhenIdle } from '/web/lib/lazy.js';
import { band, helpWords, learnNames, learnName, officeName, placeWord, speaksOf }
    from '/web/lib/office.js';
import { go, link, useRoute } from '/web/lib/route.js';
import { Term, t, term } from '/web/lib/words.js';
import { expected, runningOrder } from '/web/centre/running.js';
import { LIST_NAMES, SHEETS, SOON } from '/web/centre/sheets.js';
import { byWorst, UnitTable } from '/web/centre/units.js';

const PAGES = ['track', 'periods', 'requests', 'notices', 'tasks', 'shifts', 'flags', 'threats', 'summary'];
const UNITS_GAP_MS = 2000; // what a change made of the units is shown so soon
const BACK_MS = 14 * 864e5; // so long what an office has refused is in sight
const BRIEF = 2; // rows of what waits for me; the rest are counted
const RUNNING = 6; // incidents in sight without a scroll; the rest are counted

/* What was sent about a crowd, and how far it has come. */
function Sent({ directive }) {
    return html`<br /><a href=${link('directive', directive.id)}>${directive.doc_no}</a>
        ${directive.to.map((to, i) => html`<span key=${to.office}>${i > 0 ? ', ' : ' → '}${
        officeName(to.office)}: ${to.status ? term('directive_codes', to.status) : t('not_arrived')}
        </span>`)}`;
}

/* Whom to ring at the office below that has the crowd. */
const Call = ({ unit }) => (unit?.on_duty?.phone ? html`<a href=${`tel:${
    unit.on_duty.phone}`}>${t('call', { phone: unit.on_duty.phone })}</a>`
    : html`<span class="quiet small">${t('call_none')}</span>`);

function Running({ item, now, writes, sent, alike, unit }) {
    const [state, act] = useAct();
    const untaken = item.state === 'raised';
    return html`<li class=${untaken ? 'untaken' : ''}>
        <span class="clock">${showSince(item.raised_at, now)}${unit && html`<br /><${Call} unit=${unit} />`}</span>
        <span class="what"><a href=${link('incident', item.id)}><b>${officeName(item.origin)}</b></a>
            ${' · '}${placeWord(item.place)} · ${Term('fields', item.field) || item.subject} ·
            ${' '}${t('people_n', { n: band(item.people) })}
            ${item.help && html`<br /><span class="quiet">${t('crowd_help')}: ${helpWords(item.help)}</span>`}
            ${sent.map((d) => html`<${Sent} key=${d.id} directive=${d} />`)}
            <${AlikeRow} alike=${alike} />
        </span>
        ${untaken ? writes && html`<button type="button" class="main" disabled=${state.busy}
            onClick=${() => act(`/incidents/${idPath(item.id)}/take`, {})}>${t('take')}</button>`
        : html`<span class="quiet">${t('reach_taken', { name: officeName(item.taken_by),
            time: showTime(item.taken_at) })}</span>`}
        ${writes && html`<a class="button" href=${link('support', item.id)}>${t('support')}</a>`}
        <${Trouble} problem=${state.problem} />
    </li>`;
}

function RunningList({ data, error, writes, directives, units, below }) {
    const now = useNow(1000);
    const order = runningOrder(data?.items ?? []);
    const parentOf = parentsBy(units);
    return html`<section class="panel running" aria-labelledby="p-running">
        <h2 id="p-running">${t('running')} <span class="count">${data === null ? '…'
            : order.length}</span></h2>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : order.length === 0 ? html`<p class="empty">${t('running_none')}</p>`
            : html`<ul>${order.slice(0, RUNNING).map((item) => html`<${Running} key=${item.id}
                item=${item} now=${now} writes=${writes} alike=${alikeTo(item, order, parentOf)}
                unit=${below.find((u) => u.id === item.origin)}
                sent=${directives.filter((d) => !d.voided && speaksOf(d, item))} />`)}</ul>
                ${order.length > RUNNING && html`<p><a href=${link('incidents')}>${t('and_more',
                { n: order.length - RUNNING })}</a></p>`}`}
    </section>`;
}

const isBack = (to) => to.status === '02' && Date.now() - Date.parse(to.at) < BACK_MS;

/* Directives of @self that came back refused: those on which others work still, and
 * those on which nobody does, which no list of open ones has. */
async function loadBack(self) {
    const found = await Promise.all([{ open: true }, { closed: true }].map((which) =>
        get('/directives', { ...which, limit: 300 })));
    found.forEach(learnNames);
    return found.flatMap((f) => f.items).filter((d) => d.issuer === self && !d.voided
        && d.to.some(isBack));
}

function Work({ title, items, Row, list }) {
    if (items === null) {
        return html`<section><h3>${title} <span class="count">…</span></h3></section>`;
    }
    return html`<section><h3>${title} <span class="count">${items.length}</span></h3>
        ${items.length > 0 && html`<ul class="rows">${items.slice(0, BRIEF).map((item) => html`<${Row}
            key=${item.id} item=${item} />`)}</ul>`}
        ${items.length > BRIEF && html`<a href=${link(list)}>${t('and_more',
        { n: items.length - BRIEF })}</a>`}</section>`;
}

function AnswerRow({ item }) {
    const silent = item.to.filter((to) => ['01', null].includes(to.status));
    return html`<li><a href=${link('directive', item.id)}><b>${item.doc_no}</b>
        <span>${t('waiting_answers', { n: silent.length, all: item.to.length })}</span></a></li>`;
}

/* Who sent it back and why, in its own words. */
function BackRow({ item }) {
    const back = item.to.filter(isBack);
    return html`<li><a href=${link('directive', item.id)}><b>${item.doc_no}</b>
        <span>${back.map((to) => `${officeName(to.office)}${to.reason ? `: ${to.reason}` : ''}`).join('; ')}</span></a></li>`;
}

function OfferRow({ item }) {
    return html`<li><a href=${link('case', item.id)}><b>${item.number ?? item.receipt_code}</b>
        <span>${officeName(item.custodian)} → ${item.offered_to.map(officeName).join(', ')}</span>
    </a></li>`;
}

function ForecastRow({ item }) {
    return html`<li><a href=${link('incident', item.id)}><b>${showTime(item.expected_at)}</b>
        <span>${officeName(item.origin)} · ${t('people_n', { n: band(item.people) })}</span></a></li>`;
}

function AskedRow({ item }) {
    return html`<li><a href=${link('request', item.id)}><b>${officeName(item.issuer)}</b>
        ${item.due_on && html`<${DueIn} day=${item.due_on} />`}</a></li>`;
}

/* What this office has asked for and not yet been answered, and what it is asked. */
function MyWork({ self, mine, back, asks, offers, contested, forecasts, writes }) {
    const asksOf = (kind) => toAnswer('request', asks, self).filter((i) => i.kind === kind);
    const asked = mine && mine.filter((d) => d.issuer === self && !d.voided
        && d.to.some((to) => ['01', null].includes(to.status)));
    const overdue = mine && mine.filter((d) => d.issuer === self && !d.voided && d.overdue);
    return html`<section class="panel mine" aria-labelledby="p-mine">
        <h2 id="p-mine">${t('my_work')}</h2>
        <${Work} title=${t('my_answers')} items=${asked} Row=${AnswerRow} list="directives" />
        <${Work} title=${t('my_overdue')} items=${overdue} Row=${AnswerRow} list="directives" />
        ${back?.length > 0 && html`<${Work} title=${t('my_returned')} items=${back} Row=${BackRow}
            list="track" />`}
        <${Work} title=${t('my_offers')} items=${offers} Row=${OfferRow} list="offered" />
        <${Work} title=${t('my_contested')} items=${contested} Row=${OfferRow} list="contested" />
        ${[['extension', 'my_extensions'], ['report_again', 'my_reports_again']].map(([kind, title]) =>
        asksOf(kind).length > 0 && html`<${Work} key=${kind} title=${t(title)} items=${asksOf(kind)}
            Row=${AskedRow} list="requests" />`)}
        ${forecasts.length > 0 && html`<${Work} title=${t('my_forecasts')} items=${forecasts}
            Row=${ForecastRow} list="incidents" />`}
        <h3>${t('work')}</h3>
        ${writes && html`<p><a class="button slim" href=${link('issue')}>${t('issue')}</a>
            ${' '}<a class="button slim" href=${link('phoned')}>${t('phoned')}</a>
            ${' '}<a class="button slim" href=${link('instead')}>${t('instead_short')}</a></p>`}
        <ul class="links">${PAGES.map((name) => html`<li key=${name}><a href=${link(name)}>${t(name)}</a></li>`)}
        </ul>
        <h3>${t('lists')}</h3>
        <ul class="links">${LIST_NAMES.map((name) => html`<li key=${name}><a
            href=${link(name)}>${t(`list_${name}`)}</a></li>`)}
            <li><a href=${link('receipt')}>${t('receipt_check')}</a></li></ul>
    </section>`;
}

export async function loadUnits() {
    const all = await getAll('/offices', {}, 4000);
    all.items.forEach((unit) => learnName(unit.id, unit.name));
    return all.items;
}

/* Rows keep their places while @still: what is being pointed at or picked does not move
 * away. New ones come last; when all is let go the order is today's again. */
function useSteady(sorted, still) {
    const order = useRef(new Map());
    return useMemo(() => {
        if (!still || order.current.size === 0) {
            order.current = new Map(sorted.map((u, i) => [u.id, i]));
            return sorted;
        }
        const place = (u) => order.current.get(u.id) ?? Infinity;
        return [...sorted].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
    }, [sorted, still]);
}

function Home({ session, units, error, picked }) {
    const self = session.office.id;
    const writes = !session.person.roles.every((r) => r === 'inspector' || r === 'operator');
    const incidents = useWatch(openIncidents, ['incident'], [self]);
    const directives = useWatch(async () => learnNames(await get('/directives',
        { open: true, limit: 300 })), ['directive'], [self]);
    const back = useWatch(() => loadBack(self), ['directive'], [self]);
    const asks = useWatch(async () => learnNames(await get('/requests',
        { open: true, limit: 300 })), ['request'], [self]);
    const cases = useWatch(async () => learnNames(await get('/cases',
        { open: true, office: self, limit: 300 })), ['case'], [self]);
    const open = (keep) => cases.data && cases.data.items.filter((c) => !c.voided && keep(c));
    const [picks, setPicks] = useState(0);
    const [over, setOver] = useState(false);
    const pick = (id, on) => {
        picked.current[on ? 'add' : 'delete'](id);
        setPicks(picked.current.size);
    };
    const below = useMemo(() => (units ?? []).filter((u) => u.id !== self).sort(byWorst), [units, self]);
    const rows = useSteady(below, over || picked.current.size > 0);
    // 168 rows are drawn when they change, not with every crowd.
    const table = useMemo(() => units !== null && html`<${UnitTable} units=${rows}
        picked=${picked.current} onPick=${pick} writes=${writes} onOver=${setOver} />`, [rows, picks, writes]);
    const sum = (of) => (units === null ? '…' : below.filter(of).length);
    return html`<div class="centre-grid">
        <div class="left">
            <${RunningList} ...${incidents} writes=${writes} units=${units} below=${below}
                directives=${directives.data?.items ?? []} />
            <section class="panel units" aria-labelledby="p-units">
                <h2 id="p-units">${t('units')} <span class="count">${sum(() => true)}</span>
                    <span class="quiet small">${t('units_sum', {
                    silent: sum((u) => ['silent', 'withheld'].includes(u.link)),
                    late: sum((u) => u.overdue > 0),
                    unread: sum((u) => u.directives_unanswered > 0) })}</span>
                    ${writes && html`<button type="button" class="urge" onClick=${() => go('urge',
                    [...picked.current].join(','))} disabled=${picked.current.size === 0}>
                    ${picked.current.size === 0 ? t('urge_pick')
        : t('urge_n', { n: picked.current.size })}</button>`}</h2>
                ${units === null ? html`<p class="empty">${error ? error.message
            : t('loading')}</p>`
        : table}
            </section>
        </div>
        <${MyWork} self=${self} mine=${directives.data?.items ?? null} writes=${writes} back=${back.data}
            asks=${asks.data?.items ?? []}
            offers=${open((c) => c.offered_to.length > 0)} contested=${open((c) => c.contested)}
            forecasts=${expected(incidents.data?.items ?? [])} />
    </div>`;
}

export default function Centre({ session }) {
    const route = useRoute();
    const picked = useRef(new Set()); // by office; kept while a form is open
    const { data: units, error } = useWatch(loadUnits, ['*'], [session.office.id], UNITS_GAP_MS);
    useKeys({
        '/': () => go('receipt'),
        Escape: () => (document.querySelector('dialog[open]') ? false
            : route.name ? go() : false),
    }, [route.name]);
    const Page = SHEETS[route.name] ?? null;
    const stands = units !== null;
    useEffect(() => stands && fetchWhenIdle(SOON), [stands]);
    return Page === null ? html`<${Home} session=${session} units=${units} error=${error}
            picked=${picked} />`
        : html`<${Page} session=${session} id=${route.id} name=${route.name} units=${units}
            onSent=${() => picked.current.clear()} key=${route.name + route.id} />`;
}

