// Task forces: formed by a decision for some days, whose members say each day whether
// they are there, away, or have sent somebody.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { parseDate, shortDate, showDate } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { OfficesPick, useOffices } from '/web/lib/offices.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { compareNames } from '/web/lib/text.js';
import { t, terms } from '/web/lib/words.js';

const LIST = 200;
const issues = (session) => session.person.roles.some((r) => ['coordinator', 'leader'].includes(r));
const writes = (session) => session.person.roles.some((r) => r !== 'inspector' && r !== 'operator');
const lasts = (force) => ['running', 'ahead'].includes(force.state);
const span = (force) => `${shortDate(force.from)} – ${showDate(force.until, { weekday: false })}`;

export function Taskforces({ session }) {
    const { data, error } = useWatch(async () => learnNames(await getAll('/taskforces', {}, LIST)),
        ['period']);
    const items = (data?.items ?? []).filter((force) => !force.voided);
    return html`<${Sheet} title=${t('taskforces')}>
        <p class="quiet">${t('taskforces_lead')}</p>
        ${issues(session) && html`<div class="buttons"><a class="button"
            href=${link('taskforce-new')}>${t('taskforce_new')}</a></div>`}
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('list_empty')}</p>`
            : html`<ul class="rows">${items.map((force) => html`<li key=${force.id}><a
                href=${link('taskforce', force.id)}><b>${force.name}</b> <span>${span(force)}</span>
                <span class="quiet">${t(`period_${force.state}`)}</span></a></li>`)}</ul>`}</${Sheet}>`;
}

const presenceFields = () => [
    { id: 'kind', label: t('presence'), kind: 'choice', required: true, options: terms('presences') },
    { id: 'name', label: t('shift_instead'), kind: 'text', max: 100, required: true,
        note: t('shift_staff'), when: (v) => v.kind === 'substitute' },
    { id: 'date', label: t('shift_day'), kind: 'date', max: 12, required: true, note: t('date_hint') },
];

function Presence({ id, onDone }) {
    const values = useRef({ date: 'h' });
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(presenceFields(), v);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(`/taskforces/${idPath(id)}/presence`, { kind: v.kind, date: parseDate(v.date),
            ...(v.kind === 'substitute' ? { name: v.name.trim() } : {}) });
    };
    return html`<section class="here-box"><h2>${t('presence_say')}</h2>
        <form class="fields" noValidate onSubmit=${send}><${Fields} fields=${presenceFields()}
            values=${values.current} errors=${errors} onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button></div>
        </form></section>`;
}

function Members({ force }) {
    const rows = [...force.to].sort((a, b) => compareNames(officeName(a.office), officeName(b.office)));
    return html`<h2>${t('taskforce_members')} <span class="count">${rows.length}</span></h2>
        <ul class="rows">${rows.map((to) => html`<li key=${to.office}><p><b>${officeName(to.office)}</b>
            ${' '}<span class="quiet">${to.last_day ? t('taskforce_said', { day: showDate(to.last_day) })
        : t('taskforce_unsaid')}</span></p></li>`)}</ul>`;
}

export function TaskforceSheet({ session, id }) {
    const { data: force, error, reload } = useWatch(async () => learnNames(
        await get(`/taskforces/${idPath(id)}`)), ['period'], [id]);
    const [ending, setEnding] = useState(false);
    const [state, act] = useAct(() => reload());
    if (force === null) {
        return html`<${Sheet} title=${t('taskforces')}><p class="empty">${error ? error.message
            : t('loading')}</p></${Sheet}>`;
    }
    const member = force.to.some((to) => to.office === session.office.id);
    const origins = Object.fromEntries(force.events.map((e) => [e.event, e.origin]));
    const texts = (force.texts ?? []).filter((x) => x.kind === 'text' && x.state === 'here');
    return html`<${Sheet} title=${force.name} onBack=${() => go('taskforces')}>
        <dl class="facts"><dt>${t('period_when')}</dt><dd>${span(force)} · ${t(`period_${force.state}`)}</dd>
            <dt>${t('directive_from')}</dt><dd>${officeName(force.issuer)}</dd>
            ${force.doc_no && html`<dt>${t('taskforce_decision')}</dt><dd>${force.doc_no}</dd>`}
            ${texts.map((x) => html`<dt key=${x.event}>${officeName(origins[x.event])}</dt>
                <dd class="said">${x.text}</dd>`)}</dl>
        ${member && writes(session) && lasts(force) && html`<${Presence} id=${id} onDone=${reload} />`}
        <${Members} force=${force} />
        ${force.issuer === session.office.id && issues(session) && lasts(force) && html`<div class="buttons">
            <button type="button" disabled=${state.busy} aria-pressed=${ending} onClick=${() => (ending
        ? act(`/taskforces/${idPath(id)}/end`, {}) : setEnding(true))}>${ending
        ? t('press_again', { what: t('taskforce_end') }) : t('taskforce_end')}</button></div>`}
        <${Trouble} problem=${state.problem} /></${Sheet}>`;
}

const fieldsOf = () => [
    { id: 'name', label: t('taskforce_name'), kind: 'text', max: 100, required: true },
    { id: 'doc_no', label: t('taskforce_decision'), kind: 'text', max: 100, required: true },
    { id: 'from_date', label: t('period_from'), kind: 'date', max: 12, required: true, note: t('date_hint') },
    { id: 'until', label: t('period_until'), kind: 'date', max: 12, required: true, note: t('date_hint'),
        check: (text, v) => (parseDate(text) < parseDate(v.from_date ?? '') ? t('taskforce_order') : null) },
    { id: 'text', label: t('directive_says'), kind: 'area', rows: 2, max: 1000, note: t('text_below') },
];

export function TaskforceForm({ session }) {
    const values = useRef({ from_date: 'h' });
    const offices = useOffices(session.office.id);
    const [errors, setErrors] = useState({});
    const [state, act] = useAct((answer) => go('taskforce', answer.id));
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = { ...((v.to ?? []).length === 0 ? { one: t('form_required') } : {}),
            ...findErrors(fieldsOf(), v) };
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act('/taskforces', { name: v.name.trim(), doc_no: v.doc_no.trim(), from_date: parseDate(v.from_date),
            until: parseDate(v.until), to: v.to, ...(v.text?.trim() ? { text: v.text.trim() } : {}) });
    };
    return html`<${Sheet} title=${t('taskforce_new')} onBack=${() => go('taskforces')}>
        <form class="fields" noValidate onSubmit=${send}>
            <${OfficesPick} offices=${offices} values=${values.current} error=${errors.one}
                onChange=${() => setErrors({})} />
            <${Fields} fields=${fieldsOf()} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button>
                <button type="button" onClick=${() => go('taskforces')}>${t('cancel')}</button></div>
        </form></${Sheet}>`;
}
