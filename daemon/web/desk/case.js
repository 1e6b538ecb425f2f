// One matter: where it is in one sentence, the next step as one button.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { caseNumber, DueIn } from '/web/lib/cases.js';
import { useWatch } from '/web/lib/data.js';
import { daysTo, parseDate, shortDate, showDate, showTime } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { Sheet } from '/web/lib/sheet.js';
import { langNow, Term, t, term, terms } from '/web/lib/words.js';

const DAY_MS = 86400000;
/* What usually comes next, by the last step; the law's own table is the daemon's. */
const NEXT = {
    '': ['accepted'], accepted: ['verify_assigned'], verify_assigned: ['verify_done'],
    verify_done: ['dialogue_held', 'decision_issued'], dialogue_held: ['decision_issued'],
    decision_issued: ['decision_sent'], decision_sent: ['citizen_notified'],
    suspended: ['resumed'],
};

const applied = (item) => item.events.filter((e) => e.effect === 'applied');

function lastStep(item) {
    const steps = applied(item).filter((e) => e.type === 'CASE_STEP' && e.detail !== 'note');
    return steps.length === 0 ? '' : steps[steps.length - 1].detail;
}

/** "Đơn 0412 do UBND xã giữ, bước xác minh, hạn 01/04, còn 9 ngày." */
function whereIs(item) {
    const step = lastStep(item);
    const base = t(item.state === 'closed' ? 'where_closed' : 'where_open', {
        number: caseNumber(item), office: officeName(item.custodian),
        step: item.state === 'closed' ? term('close_reasons', item.reason)
            : step ? term('steps', step) : t('step_begun'),
    });
    if (item.state === 'closed' || !item.due_on) {
        return base;
    }
    const days = daysTo(item.due_on);
    return `${base} ${days < 0 ? t('where_late', { day: shortDate(item.due_on), n: -days })
        : t('where_due', { day: shortDate(item.due_on), n: days })}`;
}

/* Days that each office held it: from opening, and from each taking over. */
function held(item) {
    const turns = [];
    for (const e of applied(item)) {
        if (['CASE_OPENED', 'DENUNCIATION_RECEIVED', 'CUSTODY_ACCEPTED',
            'DENUNCIATION_ACCEPTED'].includes(e.type)) {
            turns.push({ office: e.origin, from: Date.parse(e.recorded_at) });
        }
    }
    const end = item.state === 'closed' ? Date.parse(item.last_event_at) : Date.now();
    return turns.map((turn, i) => ({ office: turn.office,
        days: Math.round(((turns[i + 1]?.from ?? end) - turn.from) / DAY_MS) }));
}

const EVENTS = ['CASE_OPENED', 'CUSTODY_OFFERED', 'CUSTODY_ACCEPTED', 'CUSTODY_REFUSED',
    'CUSTODY_RECALLED', 'CUSTODY_ASSIGNED', 'REMARK_ADOPTED', 'DENUNCIATION_RECEIVED',
    'DENUNCIATION_STEP', 'DENUNCIATION_CLOSED', 'ENTRY_VOIDED'];

function eventLabel(e) {
    if (e.type === 'CASE_STEP') {
        return Term('steps', e.detail);
    }
    if (e.type === 'CASE_CLOSED') {
        return `${t('ev_CASE_CLOSED')}: ${term('close_reasons', e.detail)}`;
    }
    return EVENTS.includes(e.type) ? t(`ev_${e.type}`) : e.type.replace(/_/g, ' ').toLowerCase();
}

function History({ item }) {
    const texts = Object.fromEntries((item.texts ?? []).map((x) => [x.event, x]));
    return html`<section><h2>${t('history')}</h2><ol class="history">
        ${item.events.map((e) => html`<li key=${e.event} class=${e.effect}>
            <time>${showTime(e.recorded_at)}</time>
            <span><b>${eventLabel(e)}</b>${e.doc_no && ` · ${e.doc_no}`} ·
                ${' '}${officeName(e.origin)}
                ${e.effect !== 'applied' && html` <em>${t(`effect_${e.effect}`)}</em>`}
                ${texts[e.event] && html`<br /><span class="said">${texts[e.event].state === 'here'
        ? texts[e.event].text : t(`text_${texts[e.event].state}`)}</span>`}</span>
        </li>`)}</ol></section>`;
}

function stepFields(kind) {
    return [
        { id: 'kind', label: t('step_what'), kind: 'pick', required: true, options: terms('steps'),
            when: () => kind === null },
        { id: 'doc_no', label: t('doc_no'), kind: 'text', max: 100 },
        { id: 'legal_date', label: t('legal_date'), kind: 'date', past: true, max: 12,
            note: t('date_hint') },
        { id: 'text', label: t('step_text'), kind: 'area', rows: 2, max: 200,
            note: t('text_leaves') },
    ];
}

/* A step, with what the law wants written beside it. */
function StepForm({ id, kind, onDone, onClose }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const fields = stepFields(kind);
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(fields, v);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        const body = { kind: kind ?? v.kind };
        for (const name of ['doc_no', 'text']) {
            if (v[name]?.trim()) {
                body[name] = v[name].trim();
            }
        }
        if (v.legal_date) {
            body.legal_date = parseDate(v.legal_date, { past: true });
        }
        act(`/cases/${idPath(id)}/steps`, body);
    };
    return html`<form class="fields" onSubmit=${send}>
        <h2>${kind ? Term('steps', kind) : t('step_other')}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('save')}</button>
            <button type="button" onClick=${onClose}>${t('cancel')}</button></div></form>`;
}

function CloseForm({ id, onDone, onClose }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const fields = [
        { id: 'reason', label: t('close_why'), kind: 'choice', required: true,
            options: terms('close_reasons') },
        { id: 'doc_no', label: t('doc_no'), kind: 'text', max: 100 },
        { id: 'text', label: t('step_text'), kind: 'area', rows: 2, max: 200,
            note: t('text_leaves') },
    ];
    const send = (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length === 0) {
            act(`/cases/${idPath(id)}/close`, Object.fromEntries(Object.entries(values.current)
                .map(([k, v]) => [k, v.trim()]).filter(([, v]) => v !== '')));
        }
    };
    return html`<form class="fields" onSubmit=${send}><h2>${t('close_case')}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('close_case')}</button>
            <button type="button" onClick=${onClose}>${t('cancel')}</button></div></form>`;
}

/* What this office's register holds of it: asked for, audited, gone after a minute. */
function RegisterEntry({ id }) {
    const [state, setState] = useState({ entry: null, problem: null });
    const show = async () => {
        try {
            const entry = await get(`/register/${idPath(id)}`);
            setState({ entry, problem: null });
            setTimeout(() => setState({ entry: null, problem: null }), 60000);
        } catch (problem) {
            setState({ entry: null, problem });
        }
    };
    const rows = ['name', 'address', 'document', 'contact', 'account'];
    return html`<section class="here-box"><h2>${t('register')} <span class="here">${t('here')}</span></h2>
        ${state.entry === null ? html`<button type="button" onClick=${show}>${t('names_show')}</button>
            <span class="quiet small"> ${t('names_audited')}</span>`
        : html`<dl class="facts">${rows.filter((r) => state.entry[r]).map((r) => html`
            <dt key=${r}>${t(`f_${r}`)}</dt><dd>${state.entry[r]}</dd>`)}</dl>`}
        <${Trouble} problem=${state.problem} /></section>`;
}

export function CaseSheet({ session, id }) {
    const { data: item, error, reload } = useWatch(async () => learnNames(
        await get(`/cases/${idPath(id)}`)), ['case'], [id]);
    const { data: why } = useWatch(async () => learnNames(await get(`/explain/${idPath(id)}`)),
        ['case', 'status'], [id]);
    const [open, setOpen] = useState(null);
    if (item === null) {
        return html`<${Sheet} title=${t('matter')}><p class="empty">${error ? error.message
            : t('loading')}</p><${Trouble} problem=${error} /></${Sheet}>`;
    }
    const { roles } = session.person;
    const mine = item.custodian === session.office.id && item.state !== 'closed' && !item.voided
        && !roles.every((r) => r === 'inspector' || r === 'operator');
    const reads = roles.some((r) => r === 'officer' || r === 'leader')
        && item.origin === session.office.id && item.type !== 'denunciation';
    const done = () => {
        setOpen(null);
        reload();
    };
    const close = () => setOpen(null);
    return html`<${Sheet} title=${`${Term('types', item.type)} ${caseNumber(item)}`}>
        <p class="where">${whereIs(item)}</p>
        ${why && html`<p class="quiet">${why.text}${why.remedy && !why.moving ? ` ${why.remedy}` : ''}</p>`}
        <dl class="facts">
            <dt>${t('f_field')}</dt><dd>${Term('fields', item.field)}</dd>
            <dt>${t('opened_on')}</dt><dd>${showDate(item.opened_on)}</dd>
            ${item.receipt_code && html`<dt>${t('receipt_code')}</dt><dd class="mono">${item.receipt_code}</dd>`}
            ${(item.deadlines ?? []).map((d, i) => html`<dt key=${`dt${i}`}>${i === 0
        ? t('deadlines') : ''}</dt><dd>${Term('rules', d.rule)}: ${d.due_on
        && html`<${DueIn} day=${d.due_on} />`} <details><summary>${t('why')}</summary>${
        d.why[langNow()]}</details></dd>`)}
            <dt>${t('held')}</dt><dd>${held(item).map((h) => html`<span class="reached">
                ${officeName(h.office)}: ${t('days_n', { n: h.days })}</span>`)}</dd>
            ${why && html`<dt>${t('reach')}</dt><dd>${why.reached.length === 0
        ? t('reach_here_only') : why.reached.map((r) => html`<span class="reached"
                key=${r.office}>${r.reached === true ? html`<b class="ok">✓</b> ${t('reach_has', {
                name: officeName(r.office) })}` : t('reach_has_not',
                { name: officeName(r.office) })}</span>`)}</dd>`}
        </dl>
        ${mine && open === null && html`<div class="buttons">
            ${(NEXT[lastStep(item)] ?? []).map((k, i) => html`<button type="button" key=${k}
                class=${i === 0 ? 'main' : ''} onClick=${() => setOpen({ kind: k })}>
                ${Term('steps', k)}</button>`)}
            <button type="button" onClick=${() => setOpen({ kind: null })}>${t('step_other')}</button>
            <button type="button" onClick=${() => setOpen({ close: true })}>${t('close_case')}</button>
        </div>`}
        ${open?.close ? html`<${CloseForm} id=${id} onDone=${done} onClose=${close} />`
        : open && html`<${StepForm} id=${id} kind=${open.kind} onDone=${done} onClose=${close}
            key=${open.kind} />`}
        ${reads && html`<${RegisterEntry} id=${id} />`}
        <${History} item=${item} />
    </${Sheet}>`;
}
