// Desk: the reception desk's first sight, and the sheets it opens.
import { html, useEffect, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { caseNumber, DueIn, WhyDue } from '/web/lib/cases.js';
import { incidentsOf } from '/web/lib/crowds.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { showTime, today } from '/web/lib/dates.js';
import { loadDraft } from '/web/lib/drafts.js';
import { useKeys } from '/web/lib/keys.js';
import { band, learnNames, officeName, PLACES, placeWord } from '/web/lib/office.js';
import { lazy } from '/web/lib/lazy.js';
import { go, link, useRoute } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, term } from '/web/lib/words.js';
import { CaseSheet } from '/web/desk/case.js';
import { Cases, DoneRow, loadDone, OfferPanel } from '/web/desk/cases.js';
import { Crowd, Sent } from '/web/desk/crowd.js';
import { DirectiveSheet } from '/web/desk/directive.js';
import { Duty, ShiftForm } from '/web/desk/duty.js';
import { Forecast } from '/web/desk/forecast.js';
import { IncidentSheet } from '/web/desk/incident.js';
import { Petition, Visit } from '/web/desk/visit.js';
import { ReceiptCheck } from '/web/desk/receipt.js';
import { AskPanel, PeriodPanel, WORK } from '/web/daily/sheets.js';

const SHOWN = 8; // rows of today's lists on the first sight
const WORDS = 70; // letters of a directive in a list
const BRIEF = 2; // rows of the lists beside them
/* Pages that are one line away; the others stand behind "Việc khác". */
const ALSO = ['requests', 'tasks'];
/* Terms whose end is that a citizen has been told something. */
const NOTICES = /^(KN-0[257]|KN-10|TC-0[138]|REC-01|KNPA-)/;

function CaseRow({ item, brief }) {
    return html`<li class=${brief ? '' : 'with-act wraps'}><a href=${link('case', item.id)}>
        <b>${caseNumber(item)}</b>
        <span>${Term('fields', item.field)}</span>
        ${!brief && html`<span class="quiet rule"
            title=${term('rules', item.due_rule)}>${term('rules', item.due_rule)}</span>`}
        ${item.unconfirmed && html`<span class="quiet">${t('by_unconfirmed')}</span>`}
        ${item.due_on && html`<${DueIn} day=${item.due_on} />`}
    </a>${!brief && html`<${WhyDue} item=${item} />`}</li>`;
}

function Panel({ id, title, count, children, more }) {
    return html`<section class="panel" aria-labelledby=${id}>
        <h2 id=${id}>${title}${count > 0 && html` <span class="count">${count}</span>`}
            ${more && html`<a href=${more}>${t('all_of_them')}</a>`}</h2>
        ${children}
    </section>`;
}

function Rows({ items, empty, Row = CaseRow, brief }) {
    const most = brief ? BRIEF : SHOWN;
    return items.length === 0 ? html`<p class="empty">${empty}</p>`
        : html`<ul class="rows">${items.slice(0, most).map((item) => html`<${Row}
            key=${item.id} item=${item} brief=${brief} />`)}</ul>
            ${items.length > most && html`<p class="quiet">${t('and_more',
        { n: items.length - most })}</p>`}`;
}

/* Today's work: late, today, in three days; one list, worst first. */
async function loadToday(self) {
    const [late, soon] = await Promise.all([
        get('/cases', { open: true, overdue: true, office: self, limit: 200 }),
        get('/cases', { open: true, due_soon: true, office: self, limit: 200 }),
    ]);
    [late, soon].forEach(learnNames);
    const mine = [...late.items, ...soon.items].filter((c) => c.custodian === self && !c.voided);
    return mine.sort((a, b) => (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0));
}

/* What was written today is seen to be there, settled at once or not. */
function DoneToday({ self }) {
    const { data } = useWatch(() => loadDone(self), ['case', 'reception'], [self]);
    const items = data ?? [];
    return items.length > 0 && html`<h3>${t('done')} <span class="count">${items.length}</span>
            ${items.length > BRIEF && html` <a href=${link('done')}>${t('all_of_them')}</a>`}</h3>
        <ul class="rows done-today">${items.slice(0, BRIEF).map((item) => html`<${DoneRow}
            key=${item.id} item=${item} />`)}</ul>`;
}

function Today({ items, error, self }) {
    if (items === null) {
        return html`<${Panel} id="p-today" title=${t('today')}>
            <p class="empty">${error ? error.message : t('loading')}</p></${Panel}>`;
    }
    const day = today();
    const groups = [['today_late', items.filter((c) => c.due_on < day)],
        ['today_now', items.filter((c) => c.due_on === day)],
        ['today_soon', items.filter((c) => c.due_on > day)]];
    return html`<${Panel} id="p-today" title=${t('today')} count=${items.length}
        more=${link('cases')}>
        ${items.length === 0 ? html`<p class="empty">${t('today_none')}</p>`
        : groups.filter(([, list]) => list.length > 0).map(([name, list]) => html`
            <h3>${t(name)} <span class="count">${list.length}</span></h3>
            <${Rows} items=${list} />`)}
        <${DoneToday} self=${self} />
    </${Panel}>`;
}

/* The first words of what it says. */
const beginning = (text) => (text.length > WORDS ? `${text.slice(0, text.lastIndexOf(' ', WORDS))}…` : text);

function DirectiveRow({ item }) {
    return html`<li><a href=${link('directive', item.id)}>
        <b>${item.doc_no}</b>${item.urgent && html` <b class="urgent">${t('urgent_mark')}</b>`}
        <span>${officeName(item.issuer)}</span>
        ${item.text && html`<span class="quiet words">${beginning(item.text)}</span>`}
        ${item.due_on && html`<${DueIn} day=${item.due_on} />`}</a></li>`;
}

function IncidentRow({ item }) {
    return html`<li><a href=${link('incident', item.id)}>
        <b>${showTime(item.raised_at)}</b>
        <span>${placeWord(item.place)} · ${t('people_n', { n: band(item.people) })}</span>
        <span class=${item.state === 'raised' ? 'due late' : 'quiet'}>${item.state === 'raised'
        ? t('incident_untaken')
        : t('reach_taken', { name: officeName(item.taken_by), time: showTime(item.taken_at) })}
        </span></a></li>`;
}

/* The office above by phone: its number, kept beside the desk. */
function Drafts({ owner }) {
    const [found, setFound] = useState([]);
    useEffect(() => {
        let gone = false;
        Promise.all(['visit', 'petition'].map(async (form) => [form, await loadDraft(owner, form)]))
            .then((all) => gone || setFound(all.filter(([, v]) => v !== null).map(([f]) => f)));
        return () => {
            gone = true;
        };
    }, [owner]);
    return found.length > 0 && html`<div class="note draft" role="status">
        ${t('draft_found', { n: found.length })}${' '}
        ${found.map((form) => html`<a class="button" key=${form} href=${link(form)}>
            ${t('draft_open', { form: t(form) })}</a>`)}</div>`;
}

function Home({ session }) {
    const self = session.office.id;
    const work = useWatch(() => loadToday(self), ['case'], [self]);
    const directives = useWatch(async () => learnNames(await get('/directives',
        { open: true, limit: 200 })), ['directive'], [self]);
    const incidents = useWatch(() => incidentsOf(self), ['incident'], [self], undefined, self);
    const fresh = (directives.data?.items ?? []).filter((d) => !d.voided && d.to.some(
        (to) => to.office === self && ['01', null].includes(to.status)))
        .sort((a, b) => Number(b.urgent ?? false) - Number(a.urgent ?? false));
    const running = (directives.data?.items ?? []).filter((d) => !d.voided && d.to.some(
        (to) => to.office === self && ['03', '04', '05'].includes(to.status)));
    const open = (incidents.data ?? []).filter((i) => !i.voided && i.kind !== 'forecast');
    const notices = (work.data ?? []).filter((c) => NOTICES.test(c.due_rule ?? ''));
    return html`<${Drafts} owner=${session.person.name} />
        <div class="three">
            <a class="big" href=${link('visit')}><kbd>F2</kbd><b>${t('visit')}</b>
                <span>${t('visit_hint')}</span></a>
            <a class="big" href=${link('petition')}><kbd>F4</kbd><b>${t('petition')}</b>
                <span>${t('petition_hint')}</span></a>
            <div class="big crowd"><a href=${link('crowd')}><kbd>F8</kbd><b>${t('crowd')}</b></a>
                <div class="places">${PLACES.map((place, i) => html`<a key=${place}
                    href=${link('crowd', String(i + 1))}>${t(`place_${i + 1}`)}</a>`)}</div></div>
        </div>
        <div class="panels">
            <${Today} items=${work.data} error=${work.error} self=${self} />
            <div class="stack">
                <${PeriodPanel} session=${session} />
                <${OfferPanel} session=${session} />
                ${open.length > 0 && html`<${Panel} id="p-crowd" title=${t('crowd_open')}
                    count=${open.length}><${Rows} items=${open} Row=${IncidentRow} brief /></${Panel}>`}
                <${Panel} id="p-new" title=${t('directives_new')} count=${fresh.length}
                    more=${link('directives')}>
                    <${Rows} brief items=${fresh} Row=${DirectiveRow} empty=${t(directives.data === null
        ? 'loading' : 'directives_none')} />
                    ${running.length > 0 && html`<h3>${t('directives_running')}</h3>
                        <${Rows} brief items=${running} Row=${DirectiveRow} />`}
                </${Panel}>
                <${AskPanel} session=${session} />
                <${Panel} id="p-tell" title=${t('notices_owed')} count=${notices.length}>
                    <${Rows} brief items=${notices} empty=${t(work.data === null ? 'loading'
        : 'notices_none')} /></${Panel}>
                <${Duty} session=${session} />
            </div>
        </div>
        <p class="also"><kbd>/</kbd> <a href=${link('receipt')}>${t('receipt_check')}</a>
            <a href=${link('cases')}>${t('cases_open')}</a>
            <a href=${link('forecast')}>${t('forecast')}</a>
            ${ALSO.map((name) => html`<a key=${name} href=${link(name)}>${t(name)}</a>`)}
            <a href=${link('more')}>${t('more')}</a></p>`;
}

function Directives({ session }) {
    const { data, error } = useWatch(async () => learnNames(await getAll('/directives', {},
        1000)), ['directive']);
    const items = (data?.items ?? []).filter((d) => d.to.some((to) => to.office
        === session.office.id));
    return html`<${Sheet} title=${t('directives')}>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('directives_none')}</p>`
            : html`<ul class="rows">${items.map((item) => html`<${DirectiveRow} key=${item.id}
                item=${item} />`)}</ul>`}</${Sheet}>`;
}

const SHEETS = {
    ...WORK, more: lazy(() => import('/web/desk/more.js'), 'More'), visit: Visit, petition: Petition, crowd: Crowd, sent: Sent, receipt: ReceiptCheck, cases: Cases,
    done: lazy(() => import('/web/desk/received.js'), 'Done'), directives: Directives, case: CaseSheet, incident: IncidentSheet, directive: DirectiveSheet,
    shift: ShiftForm, forecast: Forecast,
};

export default function Desk({ session }) {
    const route = useRoute();
    const Page = SHEETS[route.name];
    useKeys({
        F2: () => go('visit'),
        F4: () => go('petition'),
        F8: () => go('crowd'),
        '/': () => go('receipt'),
        Escape: () => (document.querySelector('dialog[open]') ? false
            : route.name ? go() : false),
    }, [route.name]);
    return Page === undefined ? html`<${Home} session=${session} />`
        : html`<${Page} session=${session} id=${route.id} key=${route.name + route.id} />`;
}
