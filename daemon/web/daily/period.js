// Heightened periods: one set, the word of a day, and who has not said one.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { parseClock, parseDate, shortDate, showDate, today } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { OfficesPick, useOffices } from '/web/lib/offices.js';
import { PaperFoot, PaperHead, PaperTools } from '/web/lib/paper.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { compareNames } from '/web/lib/text.js';
import { t } from '/web/lib/words.js';

const DAY_MS = 86400000;
const LIST = 200;
const issues = (session) => session.person.roles.some((r) => ['coordinator', 'leader'].includes(r));
const writes = (session) => session.person.roles.some((r) => r !== 'inspector' && r !== 'operator');

/** Does @period want a word of @day? */
export function wantsWord(period, day) {
    const since = Math.round((Date.parse(day) - Date.parse(period.from)) / DAY_MS);
    return since >= 0 && day <= period.until && period.state !== 'ended'
        && since % (period.every_days || 1) === 0;
}

/** Periods in which @self owes today's word. */
export const owedToday = (periods, self, day) => periods.filter((p) => !p.voided
    && wantsWord(p, day) && p.to.some((to) => to.office === self && to.last_day !== day));

const shown = (p) => `${shortDate(p.from)} – ${showDate(p.until, { weekday: false })}`;

function PeriodRow({ item }) {
    return html`<li><a href=${link('period', item.id)}><b>${item.name}</b>
        <span>${shown(item)}</span> <span class="quiet">${t(`period_${item.state}`)}</span>
        ${item.silent.length > 0 && html`<span class="due late">${t('period_silent_n',
        { n: item.silent.length, all: item.to.length })}</span>`}</a></li>`;
}

export function Periods({ session }) {
    const { data, error } = useWatch(async () => learnNames(await getAll('/periods', {}, LIST)),
        ['period']);
    const items = (data?.items ?? []).filter((p) => !p.voided);
    return html`<${Sheet} title=${t('periods')}>
        <p class="quiet">${t('periods_lead')}</p>
        ${issues(session) && html`<div class="buttons"><a class="button"
            href=${link('period-new')}>${t('period_new')}</a></div>`}
        <p><a href=${link('taskforces')}>${t('taskforces')}</a></p>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('list_empty')}</p>`
            : html`<ul class="rows">${items.map((item) => html`<${PeriodRow} key=${item.id}
                item=${item} />`)}</ul>`}</${Sheet}>`;
}

/* "Không có gì" in one touch; something takes a sentence. */
function Word({ id, onDone }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [saying, setSaying] = useState(false);
    const [state, act] = useAct(onDone);
    const path = `/periods/${idPath(id)}/reports`;
    const fields = [
        { id: 'text', label: t('period_word'), kind: 'area', rows: 3, max: 1000, required: true,
            note: t('text_leaves') },
        { id: 'receptions', label: t('period_receptions'), kind: 'number', range: [1, 100000], max: 6 },
    ];
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(fields, v);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(path, { text: v.text.trim(), ...(v.receptions
            ? { receptions: Number(v.receptions) } : {}) });
    };
    return html`<section class="here-box"><h2>${t('period_today')}</h2>
        ${saying ? html`<form class="fields" noValidate onSubmit=${send}>
            <${Fields} fields=${fields} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button>
                <button type="button" onClick=${() => setSaying(false)}>${t('cancel')}</button>
            </div></form>`
        : html`<div class="buttons"><button type="button" class="main" disabled=${state.busy}
            onClick=${() => act(path, { nothing: true })}>${t('period_nothing')}</button>
            <button type="button" onClick=${() => setSaying(true)}>${t('period_something')}</button>
        </div><${Trouble} problem=${state.problem} />`}</section>`;
}

const worst = (a, b) => b.days_missed - a.days_missed
    || compareNames(officeName(a.office), officeName(b.office));
const columns = ['unit', 'period_said', 'period_other', 'period_missed', 'period_last'];
const row = (to) => [officeName(to.office), to.days_said, to.days_with_something, to.days_missed,
    to.last_day ? showDate(to.last_day, { weekday: false }) : ''];

function Members({ item }) {
    return html`<div class="scroll-x" tabindex="0" role="region" aria-label=${t('table')}><table class="list"><thead><tr>${columns.map((c, i) => html`
        <th scope="col" class=${i ? 'n' : ''} key=${c}>${t(c)}</th>`)}</tr></thead>
        <tbody>${[...item.to].sort(worst).map((to) => html`<tr key=${to.office}>${row(to).map(
        (v, i) => (i === 0 ? html`<th scope="row">${v}</th>` : html`<td class=${`n${i === 3
            && v > 0 ? ' bad' : ''}`}>${v}</td>`))}</tr>`)}</tbody></table></div>`;
}

/* What was said, newest first. */
function Words({ item }) {
    const origins = Object.fromEntries(item.events.map((e) => [e.event, e]));
    const texts = (item.texts ?? []).filter((x) => x.kind === 'text' && x.state === 'here'
        && origins[x.event]?.type === 'DAILY_STATUS').reverse();
    return texts.length > 0 && html`<h2>${t('period_words')}</h2><ul class="rows">${texts.map((x) => html`
        <li key=${x.event}><b>${officeName(origins[x.event].origin)}</b>
            <span class="quiet"> ${showDate(origins[x.event].legal_date ?? '')}</span>
            <p class="said">${x.text}</p></li>`)}</ul>`;
}

export function PeriodSheet({ session, id }) {
    const { data: item, error, reload } = useWatch(async () => learnNames(
        await get(`/periods/${idPath(id)}`)), ['period'], [id]);
    const [ending, setEnding] = useState(false);
    const [state, act] = useAct(() => reload());
    if (item === null) {
        return html`<${Sheet} title=${t('period')}><p class="empty">${error ? error.message
            : t('loading')}</p></${Sheet}>`;
    }
    const self = session.office.id;
    const owed = owedToday([item], self, today()).length > 0;
    const own = item.issuer === self;
    const end = () => (ending ? act(`/periods/${idPath(id)}/end`, {}) : setEnding(true));
    return html`<${Sheet} title=${item.name} wide>
        <${PaperHead} office=${session.office.name} title=${`THEO DÕI ĐỢT: ${item.name}`} />
        <dl class="facts">
            <dt>${t('period_when')}</dt><dd>${shown(item)} · ${t(`period_${item.state}`)}</dd>
            <dt>${t('directive_from')}</dt><dd>${officeName(item.issuer)}</dd>
            <dt>${t('period_rhythm')}</dt><dd>${t('period_every', { n: item.every_days, by: item.by })}</dd>
            ${item.take_within_minutes && html`<dt>${t('period_within')}</dt>
                <dd>${t('minutes_n', { n: item.take_within_minutes })}</dd>`}
            ${item.last_due && html`<dt>${t('period_last_due')}</dt><dd>${showDate(item.last_due.day)}:
                ${' '}${t('period_said_n', { n: item.last_due.said, all: item.to.length })}</dd>`}
            ${item.silent.length > 0 && html`<dt>${t('period_silent')}</dt><dd class="due-wrap">${
        item.silent.map(officeName).sort(compareNames).join(' · ')}</dd>`}
        </dl>
        ${owed && writes(session) && html`<${Word} id=${id} onDone=${reload} />`}
        <div class="buttons">
            ${own && issues(session) && item.silent.length > 0 && html`<a class="button main"
                href=${`/centre${link('urge', item.silent.slice(0, 200).join(','))}`}>${t('urge_n',
        { n: item.silent.length })}</a>`}
            <a class="button" href=${link('summary', id)}>${t('summary')}</a>
            ${own && issues(session) && ['running', 'ahead'].includes(item.state) && html`<button
                type="button" disabled=${state.busy} aria-pressed=${ending} onClick=${end}>${ending
        ? t('press_again', { what: t('period_end') }) : t('period_end')}</button>`}
            <${PaperTools} what="period" rows=${() => [columns.map((c) => t(c)), ...[...item.to]
        .sort(worst).map(row)]} /></div>
        <${Trouble} problem=${state.problem} />
        <${Members} item=${item} />
        ${item.days.length > 1 && html`<h2>${t('period_days')}</h2><table class="list"><thead><tr>
            ${['shift_day', 'period_said', 'period_other', 'period_silent'].map((c, i) => html`<th
            scope="col" class=${i ? 'n' : ''} key=${c}>${t(c)}</th>`)}</tr></thead><tbody>
            ${[...item.days].reverse().map((d) => html`<tr key=${d.day}><th scope="row">${showDate(
        d.day)}</th><td class="n">${d.said}</td><td class="n">${d.something ?? d.absent}</td>
            <td class=${`n${d.silent > 0 ? ' bad' : ''}`}>${d.silent}</td></tr>`)}</tbody></table>`}
        <${Words} item=${item} /><${PaperFoot} />
    </${Sheet}>`;
}

const fieldsOf = () => [
    { id: 'name', label: t('period_name'), kind: 'text', max: 100, required: true },
    { id: 'from_date', label: t('period_from'), kind: 'date', max: 12, required: true,
        note: t('date_hint') },
    { id: 'until', label: t('period_until'), kind: 'date', max: 12, required: true,
        note: t('date_hint') },
    { id: 'by', label: t('period_by'), kind: 'text', max: 5, required: true, note: t('clock_hint'),
        check: (v) => (parseClock(v) === null ? t('clock_hint') : null) },
    { id: 'every_days', label: t('period_every_days'), kind: 'number', range: [1, 31], max: 2 },
    { id: 'within', label: t('period_within'), kind: 'number', range: [1, 1440], max: 4,
        note: t('period_within_note') },
    { id: 'doc_no', label: t('doc_no'), kind: 'text', max: 100 },
    { id: 'text', label: t('directive_says'), kind: 'area', rows: 2, max: 1000, note: t('text_below') },
    { id: 'whom', label: t('directive_to'), kind: 'choice', required: true, options: [
        { word: 'all', label: t('all_below') }, { word: 'some', label: t('some_below') }] },
];

export function PeriodForm({ session }) {
    const values = useRef({ by: '16:00', every_days: '1', whom: 'all' });
    const offices = useOffices(session.office.id);
    const [errors, setErrors] = useState({});
    const [state, act] = useAct((answer) => go('period', answer.id));
    const [some, setSome] = useState(false);
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(fieldsOf(), v);
        const lacks = v.whom === 'some' && (v.to ?? []).length === 0;
        setErrors(lacks ? { ...wrong, to: t('form_required') } : wrong);
        if (Object.keys(wrong).length > 0 || lacks) {
            goToError(wrong);
            return;
        }
        const body = { name: v.name.trim(), from_date: parseDate(v.from_date),
            until: parseDate(v.until), by: parseClock(v.by) };
        for (const key of ['every_days', 'within']) {
            if (v[key]) {
                body[key] = Number(v[key]);
            }
        }
        for (const key of ['doc_no', 'text']) {
            if (v[key]?.trim()) {
                body[key] = v[key].trim();
            }
        }
        act('/periods', v.whom === 'all' ? { ...body, all_below: true } : { ...body, to: v.to });
    };
    return html`<${Sheet} title=${t('period_new')} onBack=${() => go('periods')}>
        <form class="fields" noValidate onSubmit=${send}>
            <${Fields} fields=${fieldsOf()} values=${values.current} errors=${errors}
                onChange=${() => {
        setErrors({});
        setSome(values.current.whom === 'some');
    }} />
            ${some && html`<${OfficesPick} offices=${offices} values=${values.current}
                error=${errors.to} onChange=${() => setErrors({})} />`}
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button>
                <button type="button" onClick=${() => go('periods')}>${t('cancel')}</button></div>
        </form></${Sheet}>`;
}

/** On the first sight of the desk: the word that is owed today. */
export function PeriodPanel({ session }) {
    const { data, reload } = useWatch(async () => learnNames(await get('/periods', { open: true,
        limit: LIST })), ['period'], [session.office.id]);
    const [state, act] = useAct(() => reload());
    const owed = owedToday(data?.items ?? [], session.office.id, today());
    return owed.length > 0 && writes(session) && html`<section class="panel" aria-labelledby="p-period">
        <h2 id="p-period">${t('period_owed')} <span class="count">${owed.length}</span></h2>
        <ul class="rows">${owed.slice(0, 3).map((p) => html`<li key=${p.id} class="with-act">
            <a href=${link('period', p.id)}><b>${p.name}</b> <span class="due now">${t('period_by_n',
        { by: p.by })}</span></a>
            <button type="button" class="slim" disabled=${state.busy} onClick=${() => act(
        `/periods/${idPath(p.id)}/reports`, { nothing: true })}>${t('period_nothing')}</button></li>`)}</ul>
        <${Trouble} problem=${state.problem} /></section>`;
}
