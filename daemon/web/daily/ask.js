// Requests with a due date, and reports or notices, to any office; and their replies.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { toAnswer, waits } from '/web/lib/asks.js';
import { DueIn } from '/web/lib/cases.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { parseDate, showTime } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { OfficesPick, useOffices } from '/web/lib/offices.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, term, terms } from '/web/lib/words.js';

const MOST = 1000;
const WORDS = {
    request: { made: 'request_new', mine: 'request_mine', sent: 'request_sent' },
    notice: { made: 'notice_new', mine: 'notice_mine', sent: 'notice_sent' },
};
const writes = (session) => session.person.roles.some((r) => r !== 'inspector' && r !== 'operator');
const ownPart = (item, self) => item.to.find((to) => to.office === self);

function AskRow({ item, what, self }) {
    const part = ownPart(item, self);
    const open = item.to.filter((to) => waits(what, to));
    return html`<li><a href=${link(what, item.id)}><b>${Term(`${what}s`, item.kind)}</b>
        <span>${part ? officeName(item.issuer) : item.to.map((to) => officeName(to.office)).join(', ')}</span>
        ${!part && html`<span class="quiet">${t('waiting_answers', { n: open.length,
        all: item.to.length })}</span>`}
        ${item.due_on ? html`<${DueIn} day=${item.due_on} />` : html`<span class="quiet">${showTime(
        item.issued_at)}</span>`}</a></li>`;
}

function Asks({ session, what }) {
    const self = session.office.id;
    const { data, error } = useWatch(async () => learnNames(await getAll(`/${what}s`, {}, MOST)),
        ['request', 'directive'], [what]);
    const items = (data?.items ?? []).filter((i) => !i.voided);
    const mine = toAnswer(what, items, self);
    const sent = items.filter((i) => i.issuer === self && i.to.some((to) => waits(what, to)));
    const rest = items.filter((i) => !mine.includes(i) && !sent.includes(i));
    const list = (title, all) => html`<h2>${t(title)} <span class="count">${all.length}</span></h2>
        ${all.length === 0 ? html`<p class="empty">${t('list_empty')}</p>` : html`<ul class="rows">
        ${all.slice(0, 200).map((item) => html`<${AskRow} key=${item.id} item=${item} what=${what}
            self=${self} />`)}</ul>`}`;
    return html`<${Sheet} title=${t(`${what}s`)}>
        ${writes(session) && html`<div class="buttons"><a class="button main"
            href=${link(`${what}-new`)}>${t(WORDS[what].made)}</a></div>`}
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : html`${list(WORDS[what].mine, mine)}${list(WORDS[what].sent, sent)}
            ${rest.length > 0 && list('asks_rest', rest)}`}</${Sheet}>`;
}

export const Requests = (props) => html`<${Asks} ...${props} what="request" />`;
export const Notices = (props) => html`<${Asks} ...${props} what="notice" />`;

function Reply({ id, onDone, onClose, kind }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const refused = kind === 'refused';
    const fields = [refused
        ? { id: 'reason', label: t('refuse_why'), kind: 'text', max: 200, required: true,
            note: t('text_goes') }
        : { id: 'text', label: t('reply_text'), kind: 'area', rows: 3, max: 1000,
            required: kind === 'part', note: t('text_goes') },
    { id: 'doc_no', label: t('doc_no'), kind: 'text', max: 100 }];
    const send = (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(`/requests/${idPath(id)}/replies`, { kind, ...Object.fromEntries(Object.entries(
            values.current).map(([k, v]) => [k, v.trim()]).filter(([, v]) => v !== '')) });
    };
    return html`<form class="fields" noValidate onSubmit=${send}><h2>${Term('replies', kind)}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button>
            <button type="button" onClick=${onClose}>${t('cancel')}</button></div></form>`;
}

function Answer({ id, what, part, onDone }) {
    const [kind, setKind] = useState(null);
    const [state, act] = useAct(onDone);
    const say = (code) => act(`/directives/${idPath(id)}/statuses`, { code });
    const done = () => {
        setKind(null);
        onDone();
    };
    return html`<section class="here-box">${kind === null ? html`<div class="buttons">
        ${[null, '01'].includes(part.status) && html`<button type="button" class="main"
            disabled=${state.busy} onClick=${() => say('03')}>${Term('directive_codes', '03')}</button>`}
        ${what === 'request' && terms('replies').map((r) => html`<button type="button" key=${r.word}
            onClick=${() => setKind(r.word)}>${r.label}</button>`)}</div>`
        : html`<${Reply} id=${id} kind=${kind} onDone=${done} onClose=${() => setKind(null)} />`}
        <${Trouble} problem=${state.problem} /></section>`;
}

function AskSheet({ session, id, what }) {
    const { data: item, error, reload } = useWatch(async () => learnNames(
        await get(`/${what}s/${idPath(id)}`)), ['request', 'directive'], [id]);
    if (item === null) {
        return html`<${Sheet} title=${t(what)}><p class="empty">${error ? error.message
            : t('loading')}</p></${Sheet}>`;
    }
    const part = ownPart(item, session.office.id);
    const origins = Object.fromEntries(item.events.map((e) => [e.event, e.origin]));
    const texts = (item.texts ?? []).filter((x) => x.kind === 'text' && x.state === 'here');
    return html`<${Sheet} title=${`${t(what)}: ${term(`${what}s`, item.kind)}`}
        onBack=${() => go(`${what}s`)}>
        <dl class="facts">
            <dt>${t('directive_from')}</dt><dd>${officeName(item.issuer)} · ${showTime(item.issued_at)}</dd>
            ${item.doc_no && html`<dt>${t('doc_no')}</dt><dd>${item.doc_no}</dd>`}
            ${item.due_on && html`<dt>${t('due')}</dt><dd><${DueIn} day=${item.due_on} /></dd>`}
            ${texts.map((x) => html`<dt key=${`t${x.event}`}>${origins[x.event] === item.issuer
        ? t('directive_says') : officeName(origins[x.event])}</dt><dd class="said">${x.text}</dd>`)}
            <dt>${t('directive_to')}</dt><dd>${item.to.map((to) => html`<span class="reached"
                key=${to.office}>${officeName(to.office)}: ${to.status
        ? term('directive_codes', to.status) : t('not_arrived')} ${showTime(to.at)}
                ${to.reason && html`<span class="said"> ${to.reason}</span>`}</span>`)}</dd>
        </dl>
        ${part && writes(session) && !item.voided && waits(what, part) && html`<${Answer} id=${id}
            what=${what} part=${part} onDone=${reload} />`}
        ${part && writes(session) && !item.voided && what === 'notice' && item.kind === 'report'
            && html`<p><a class="button slim" href=${link('request-new',
        `report_again,${id},${item.issuer}`)}>${t('report_back')}</a></p>`}
    </${Sheet}>`;
}

export const RequestSheet = (props) => html`<${AskSheet} ...${props} what="request" />`;
export const NoticeSheet = (props) => html`<${AskSheet} ...${props} what="notice" />`;

/* Kinds that are nothing without what they are about, or without a number. */
const ABOUT = ['overdue', 'extension', 'report_again', 'urging', 'hotspot_over'];
const COUNTED = ['secondment', 'level_skip'];
const fieldsOf = (what, about) => [
    ...(about ? [] : [{ id: 'kind', label: t('ask_kind'), kind: 'choice', required: true,
        options: terms(`${what}s`) },
    { id: 'event', label: t('ask_about'), kind: 'text', max: 80, required: true,
        note: t('ask_about_note'), when: (v) => ABOUT.includes(v.kind) },
    { id: 'people', label: t('ask_people'), kind: 'number', max: 6, required: true,
        when: (v) => COUNTED.includes(v.kind) }]),
    ...(what === 'request' ? [{ id: 'due', label: t('due'), kind: 'date', max: 12, required: true,
        note: t('date_hint') }] : []),
    { id: 'text', label: t('directive_says'), kind: 'area', rows: 4, max: 1000, required: true,
        note: t('text_goes') },
    { id: 'doc_no', label: t('doc_no'), kind: 'text', max: 100 },
    { id: 'urgent', label: t('lane'), kind: 'choice', options: [
        { word: 'no', label: t('lane_normal') }, { word: 'yes', label: t('lane_urgent') }] },
];

/* Opened from what it is about: "kind,event", and to whom, if that is plain. */
function readAbout(id) {
    const [kind, event, to] = id ? id.split(',') : [];
    return event ? { kind, event, to: to ? [to] : [] } : null;
}

function AskForm({ session, what, id }) {
    const about = readAbout(id);
    const values = useRef({ urgent: 'no', ...about });
    const offices = useOffices(session.office.id);
    const [errors, setErrors] = useState({});
    const [state, act] = useAct((answer) => go(what, answer.id));
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const fields = fieldsOf(what, about);
        const wrong = findErrors(fields, v);
        const lacks = (v.to ?? []).length === 0;
        setErrors(lacks ? { ...wrong, to: t('form_required') } : wrong);
        if (lacks || Object.keys(wrong).length > 0) {
            goToError(lacks ? { one: '' } : wrong);
            return;
        }
        act(`/${what}s`, { to: v.to, kind: v.kind, text: v.text.trim(),
            ...(v.due ? { due: parseDate(v.due) } : {}),
            ...(v.doc_no?.trim() ? { doc_no: v.doc_no.trim() } : {}),
            ...(ABOUT.includes(v.kind) ? { event: v.event.trim() } : {}),
            ...(COUNTED.includes(v.kind) ? { people: Number(v.people) } : {}),
            ...(v.urgent === 'yes' ? { urgent: true } : {}) });
    };
    return html`<${Sheet} title=${about ? term(`${what}s`, about.kind) : t(WORDS[what].made)}
        onBack=${about ? undefined : () => go(`${what}s`)}>
        <form class="fields" noValidate onSubmit=${send}>
            <${OfficesPick} offices=${offices} values=${values.current} error=${errors.to}
                onChange=${() => setErrors({})} />
            <${Fields} fields=${fieldsOf(what, about)} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button>
                <button type="button" onClick=${() => go(`${what}s`)}>${t('cancel')}</button></div>
        </form></${Sheet}>`;
}

export const RequestForm = (props) => html`<${AskForm} ...${props} what="request" />`;
export const NoticeForm = (props) => html`<${AskForm} ...${props} what="notice" />`;

/** On the first sight of the desk: what waits for an answer here. */
export function AskPanel({ session }) {
    const self = session.office.id;
    const load = (what) => async () => learnNames(await get(`/${what}s`, { open: true, limit: 200 }));
    const requests = useWatch(load('request'), ['request', 'directive'], [self]);
    const notices = useWatch(load('notice'), ['request', 'directive'], [self]);
    const all = [...toAnswer('request', requests.data?.items ?? [], self).map((item) => ({ item,
        what: 'request' })), ...toAnswer('notice', notices.data?.items ?? [], self).map((item) => ({
        item, what: 'notice' }))];
    return all.length > 0 && html`<section class="panel" aria-labelledby="p-asks">
        <h2 id="p-asks">${t('asks_mine')} <span class="count">${all.length}</span>
            <a href=${link('requests')}>${t('all_of_them')}</a></h2>
        <ul class="rows">${all.slice(0, 3).map(({ item, what }) => html`<${AskRow} key=${item.id}
            item=${item} what=${what} self=${self} />`)}</ul></section>`;
}
