// One matter: where it is in one sentence, the next step as one button.
import { html, useEffect, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { caseDay, CaseDue, caseNumber, DueIn, ruleInWords, showMonth, writerOf } from '/web/lib/cases.js';
import { useWatch } from '/web/lib/data.js';
import { daysTo, shortDate, showDate, showTime } from '/web/lib/dates.js';
import { FileList } from '/web/lib/files.js';
import { Trouble } from '/web/lib/form.js';
import { onShut } from '/web/lib/lock.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { remedyInWords } from '/web/lib/told.js';
import { Term, t, term } from '/web/lib/words.js';
import { CloseForm, OfferForm, RefuseForm, StepForm, VoidForm } from '/web/desk/case_forms.js';
import { enteredWords, readEntered } from '/web/desk/entered.js';
import { lastStep, usualSteps } from '/web/desk/steps.js';
import { accusedWord } from '/web/desk/visit_fields.js';

const DAY_MS = 86400000;
const applied = (item) => item.events.filter((e) => e.effect === 'applied');

/** "Đơn 0412 do UBND xã giữ, bước xác minh, hạn 01/04, còn 9 ngày." */
function whereIs(item) {
    const step = lastStep(item);
    const base = t(item.state === 'closed' ? 'where_closed' : 'where_open', {
        number: caseNumber(item), office: officeName(item.custodian),
        step: item.state === 'closed' ? term('close_reasons', item.reason)
            : step ? term('steps', step) : t('step_begun'),
    });
    if (item.state !== 'closed' && item.due_month) {
        return `${base} ${t('due')}: ${showMonth(item.due_month)}.`;
    }
    if (item.state === 'closed' || !item.due_on) {
        return base;
    }
    const days = daysTo(item.due_on);
    return `${base} ${days < 0 ? t('where_late', { day: shortDate(item.due_on), n: -days })
        : t('where_due', { day: shortDate(item.due_on), n: days })}`;
}

/* Days that each office held it: from opening, and from each taking over. Not of
 * a denunciation whose days are for others. */
function held(item) {
    if (item.opened_month) {
        return [];
    }
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

/* What this office wrote and may still take back: its own word, while it holds the matter. */
const takesBack = (e, item, session) => e.effect === 'applied' && e.origin === session.office.id
    && !/^(CUSTODY|ENTRY|REMARK|DENUNCIATION_(OFFER|ACCEPT|REFUS|RECALL|ASSIGN|ADOPT)|TEXT|ERASURE)/
        .test(e.type) && item.custodian === session.office.id && !item.voided;

function Entry({ e, item, session, text, files, flags, voided, onOpen, onDone }) {
    const said = text && (text.state === 'here' ? enteredWords(text.text) : t(`text_${text.state}`));
    const mine = !voided && onOpen && takesBack(e, item, session);
    const opens = /^(CASE_OPENED|DENUNCIATION_RECEIVED)$/.test(e.type);
    return html`<li class=${`${e.effect}${voided ? ' voided' : ''}`}>
        <time>${e.month ? showMonth(e.month) : showTime(e.recorded_at)}</time>
        <span><b>${eventLabel(e)}</b>${e.doc_no && ` · ${e.doc_no}`} ·
            ${' '}${officeName(e.origin)}
            ${e.effect !== 'applied' && html` <em>${t(`effect_${e.effect}`)}</em>`}
            ${e.unconfirmed && html` <em>${t('by_unconfirmed')}</em>`}
            ${voided && html` <em>${t('entry_voided')}</em>`}
            ${said && html`<br /><span class="said">${said}</span>
            ${flags && text.state === 'here' && html`<${Flag} event=${e.event}
                onDone=${onDone} />`}`}
            ${files && html`<br /><${FileList} path=${`/cases/${idPath(item.id)}`} texts=${files} />`}
            ${mine && html`<span class="mend">${!opens && html`<button type="button" class="plain slim"
                onClick=${() => onOpen({ take: e, why: 'mistake' })}>${t('entry_fix')}</button>`}
                <button type="button" class="plain slim" onClick=${() => onOpen({ take: e,
        why: 'doubled' })}>${t('entry_take_back')}</button></span>`}</span></li>`;
}

function History({ item, session, flags, onOpen, onDone }) {
    const isFile = (x) => x.kind === 'attachment';
    const texts = Object.fromEntries((item.texts ?? []).filter((x) => !isFile(x))
        .map((x) => [x.event, x]));
    const filesOf = (event) => {
        const files = (item.texts ?? []).filter((x) => isFile(x) && x.event === event);
        return files.length > 0 ? files : null;
    };
    const taken = new Set((item.voided_events ?? []).map((x) => x.event));
    return html`<section><h2>${t('history')}</h2><ol class="history">
        ${item.events.map((e) => html`<${Entry} key=${e.event} e=${e} item=${item}
            session=${session} text=${texts[e.event]} files=${filesOf(e.event)} flags=${flags} onDone=${onDone}
            voided=${taken.has(e.event)} onOpen=${onOpen} />`)}</ol></section>`;
}

/* What a conclusion ordered, and what the citizen was told. */
function Agenda({ item, mine, onDone }) {
    const [state, act] = useAct(onDone);
    return html`${item.tasks?.length > 0 && html`<section><h2>${t('case_tasks')}
            <span class="count">${item.tasks.length}</span></h2><ul class="rows">${item.tasks.map((x) => html`
            <li key=${x.event}><p><b>${x.agency}</b> <span class="said">${x.text}</span>
                <${DueIn} day=${x.due_on} />
                ${mine && html` <button type="button" class="slim" disabled=${state.busy}
                    onClick=${() => act(`/cases/${idPath(item.id)}/steps`, { kind: 'task_done',
        event: x.event })}>${t('task_done')}</button>`}</p></li>`)}</ul></section>`}
        ${item.notices?.length > 0 && html`<section><h2>${t('case_notices')}</h2><ul class="rows">
            ${item.notices.map((x) => html`<li key=${x.event}><p>${Term('citizen_notices', x.notice)}
                <span class="quiet"> ${term('notify_ways', x.way)} ${x.doc_no} ${showDate(x.on)}</span></p>
            </li>`)}</ul></section>`}<${Trouble} problem=${state.problem} />`;
}

/* "Có dữ liệu cá nhân": pressed twice, masked at once. */
function Flag({ event, onDone }) {
    const [sure, setSure] = useState(false);
    const [state, act] = useAct(onDone);
    return html` <button type="button" class="plain slim" aria-pressed=${sure} disabled=${state.busy}
        onClick=${() => (sure ? act(`/events/${idPath(event)}/flag`, {}) : setSure(true))}>${sure
    ? t('press_again', { what: t('flag') }) : t('flag')}</button><${Trouble} problem=${state.problem} />`;
}

/* What this office's register holds of it: asked for, audited, gone after a minute
 * and when the screen is locked. */
function RegisterEntry({ id }) {
    const [state, setState] = useState({ entry: null, problem: null });
    const hide = () => setState({ entry: null, problem: null });
    useEffect(() => onShut(hide), []);
    const show = async () => {
        try {
            const entry = await get(`/register/${idPath(id)}`);
            setState({ entry, problem: null });
            setTimeout(hide, 60000);
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

/* What the first entry says besides its summary, and that of a denunciation its number
 * in the sealed book. */
function openingOf(item) {
    const first = item.events.find((e) => /^(CASE_OPENED|DENUNCIATION_RECEIVED)$/.test(e.type));
    const text = (item.texts ?? []).find((x) => x.event === first?.event && x.state === 'here');
    return { ...readEntered(text?.text ?? ''), sealed: first?.sealed_ref ?? null };
}

function Facts({ item, why, opening }) {
    return html`<dl class="facts">
        <dt>${t('f_field')}</dt><dd>${Term('fields', item.field)}</dd>
        <dt>${t('opened_on')}</dt><dd>${caseDay(item, 'opened', {})}</dd>
        ${opening.sealed && html`<dt>${t('f_sealed')}</dt><dd class="mono">${opening.sealed}</dd>`}
        ${item.accused && html`<dt>${t('f_accused')}</dt><dd>${accusedWord(item.accused)}</dd>`}
        ${opening.rows.map(([label, value]) => html`<dt key=${label}>${label}</dt><dd>${value}</dd>`)}
        ${item.receipt_code && html`<dt>${t('receipt_code')}</dt><dd class="mono">${item.receipt_code}</dd>`}
        ${(item.deadlines ?? []).map((d, i) => html`<dt key=${`dt${i}`}>${i === 0
        ? t('deadlines') : ''}</dt><dd>${Term('rules', d.rule)}: <${CaseDue}
            item=${d} /> ${d.why && html`<details><summary>${t('why')}</summary>${
        ruleInWords(d)}</details>`}</dd>`)}
        <dt>${t('held')}</dt><dd>${held(item).map((h) => html`<span class="reached">
            ${officeName(h.office)}: ${t('days_n', { n: h.days })}</span>`)}</dd>
        ${item.seen_by?.length > 0 && html`<dt>${t('seen_by')}</dt><dd>${item.seen_by.map((s) => html`
            <span class="reached" key=${s.office}>${t('seen_one', { name: officeName(s.office),
        time: showTime(s.last_at), n: s.days })}</span>`)}</dd>`}
        ${why && html`<dt>${t('reach')}</dt><dd>${why.reached.length === 0
        ? t('reach_here_only') : why.reached.map((r) => html`<span class="reached"
            key=${r.office}>${r.reached === true ? html`<b class="ok">✓</b> ${t('reach_has', {
            name: officeName(r.office) })}` : t('reach_has_not',
            { name: officeName(r.office) })}</span>`)}</dd>`}
    </dl>`;
}

/* An offer that stands: what this office may answer, or take back. */
function Offer({ item, session, writes, onOpen, onDone }) {
    const [sure, setSure] = useState(false);
    const [state, act] = useAct(onDone);
    const offered = item.state === 'closed' || item.voided ? [] : item.offered_to ?? [];
    const self = session.office.id;
    if (offered.length === 0) {
        return null;
    }
    const here = offered.includes(self);
    const path = (what) => `/cases/${idPath(item.id)}/${what}`;
    return html`<div class="note offer" role="status"><p>${here ? t('offered_here',
        { name: officeName(item.custodian) }) : t('offered_away', { name: offered.map(officeName)
        .join(', ') })}</p>
        ${here && writes && html`<div class="buttons"><button type="button" class="main"
            disabled=${state.busy} onClick=${() => act(path('accept'), {})}>${t('offer_accept')}</button>
            <button type="button" onClick=${() => onOpen({ refuse: true })}>${t('offer_refuse')}</button>
        </div>`}
        ${!here && writes && item.custodian === self && html`<button type="button"
            disabled=${state.busy} onClick=${() => (sure ? act(path('recall'), {}) : setSure(true))}>
            ${sure ? t('press_again', { what: t('offer_recall') }) : t('offer_recall')}</button>`}
        <${Trouble} problem=${state.problem} /></div>`;
}

/* The next step as one button, then what else may be done. */
function Next({ item, passes, onOpen }) {
    if (item.state === 'closed') {
        return html`<div class="buttons"><button type="button" onClick=${() => onOpen(
            { kind: 'reopened' })}>${Term('steps', 'reopened')}</button></div>`;
    }
    const offer = { offer: true, label: t('offer') };
    const pending = (item.offered_to ?? []).length > 0;
    const usual = usualSteps(item).map((kind) => ({ kind, label: Term('steps', kind) }));
    const choices = pending ? usual : passes ? [offer, ...usual] : [...usual, offer];
    return html`<div class="buttons">${choices.map((c, i) => html`<button type="button"
            key=${c.label} class=${i === 0 && !pending && (c.kind || passes) ? 'main' : ''}
            onClick=${() => onOpen(c)}>${c.label}</button>`)}
        <button type="button" onClick=${() => onOpen({ kind: null })}>${t('step_other')}</button>
        <button type="button" onClick=${() => onOpen({ close: true })}>${t('close_case')}</button>
    </div>`;
}

/* The form that is open; what was written wrongly is written again, from what it said. */
function OpenForm({ open, item, session, onOpen, onDone }) {
    const common = { item, session, onDone, onClose: () => onOpen(null) };
    if (open.take) {
        const e = open.take;
        const again = e.type === 'CASE_STEP' && open.why === 'mistake' && {
            kind: e.detail, start: { doc_no: e.doc_no ?? '', text: (item.texts ?? []).find((x) =>
                x.event === e.event && x.kind === 'text' && x.state === 'here')?.text ?? '' } };
        return html`<${VoidForm} ...${common} event=${e.event} why=${open.why} key=${e.event}
            onDone=${() => onDone(again || null)} />`;
    }
    return open.close ? html`<${CloseForm} ...${common} />`
        : open.offer ? html`<${OfferForm} ...${common} />`
            : open.refuse ? html`<${RefuseForm} ...${common} />`
                : html`<${StepForm} ...${common} kind=${open.kind} start=${open.start}
                    key=${open.kind} />`;
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
    const self = session.office.id;
    const writes = roles.some((r) => r !== 'inspector' && r !== 'operator');
    const mine = item.custodian === self && !item.voided && writes;
    const reads = roles.some((r) => r === 'officer' || r === 'leader')
        && writerOf(item) === self && item.type !== 'denunciation';
    const foreign = writerOf(item) !== self && (item.texts ?? []).length > 0;
    const opening = openingOf(item);
    const passes = writerOf(item) === self && (opening.proposal === 'pass'
        || (item.type === 'denunciation' && item.accused === 'elsewhere'));
    const done = (next = null) => {
        setOpen(next?.kind ? next : null);
        reload();
    };
    return html`<${Sheet} title=${`${Term('types', item.type)} ${caseNumber(item)}`}>
        <p class="where">${whereIs(item)}</p>
        ${item.entered_by && html`<p class="note">${t('case_instead', { unit: officeName(item.origin),
        name: officeName(item.entered_by) })}</p>`}
        ${item.voided && html`<p class="note">${t('case_voided')}</p>`}
        ${foreign && html`<p class="quiet small">${t('seen_here', { name: officeName(writerOf(item)) })}</p>`}
        ${why && html`<p class="quiet">${why.text}${why.moving
            ? '' : ` ${remedyInWords(why, roles) ?? ''}`}</p>`}
        <${Facts} item=${item} why=${why} opening=${opening} />
        ${open === null && html`<${Offer} item=${item} session=${session} writes=${writes}
            onOpen=${setOpen} onDone=${() => done()} />`}
        ${mine && open === null && html`<${Next} item=${item} passes=${passes} onOpen=${setOpen} />`}
        ${open !== null && html`<${OpenForm} open=${open} item=${item} session=${session}
            onOpen=${setOpen} onDone=${done} />`}
        ${reads && html`<${RegisterEntry} id=${id} />`}
        <${Agenda} item=${item} mine=${mine && item.state !== 'closed'} onDone=${reload} />
        ${mine && item.state !== 'closed' && item.type !== 'denunciation' && html`<p><a
            class="button slim" href=${link('request-new', `extension,${id}`)}>${t('extension_ask')}</a></p>`}
        <${History} item=${item} session=${session} onDone=${reload} onOpen=${mine ? setOpen : null}
            flags=${writes} />
    </${Sheet}>`;
}
