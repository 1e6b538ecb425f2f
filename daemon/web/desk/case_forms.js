// What is written into one matter: a step, its end, an offer to another office, the
// answer to one, an entry taken back. One form at a time, below the buttons.
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { parseDate } from '/web/lib/dates.js';
import { announce, fileRow, Sending } from '/web/lib/files.js';
import { Fields, findErrors, goToError, problemAt, Trouble } from '/web/lib/form.js';
import { useOffices } from '/web/lib/offices.js';
import { t, Term, terms } from '/web/lib/words.js';
import { possibleSteps } from '/web/desk/steps.js';

/* A title, rows, one button: the first row has the focus. @body(values) answers what is
 * sent, or {error: {id: sentence}}. @twice: the button wants a second press. */
function CaseForm({ title, fields, start, path, body, label, twice, note, onDone, onClose }) {
    const values = useRef({ ...start });
    const box = useRef(null);
    const checked = useRef(null);
    const [errors, setErrors] = useState({});
    const [sure, setSure] = useState(false);
    const [state, act] = useAct(onDone);
    useEffect(() => {
        const first = box.current.querySelector('.choice input:checked, input, textarea, button');
        first?.focus();
        box.current.scrollIntoView({ block: 'nearest' });
    }, []);
    const send = async (event) => {
        event.preventDefault();
        checked.current = JSON.stringify(values.current);
        const wrong = findErrors(fields, values.current);
        const made = Object.keys(wrong).length > 0 ? { error: wrong } : await body(values.current);
        if (made.error) {
            setErrors(made.error);
            goToError(made.error);
        } else if (twice && !sure) {
            setSure(true);
        } else {
            act(path, made);
        }
    };
    const changed = () => {
        if (JSON.stringify(values.current) === checked.current) {
            return; // a field was left as it was: by the press that has just been answered
        }
        setErrors({});
        setSure(false);
    };
    const refused = problemAt(state.problem, fields);
    useEffect(() => goToError(refused), [state.problem]);
    return html`<form class="fields" noValidate onSubmit=${send} ref=${box}>
        <h2>${title}</h2>${note && html`<p class="quiet">${note}</p>`}
        <${Fields} fields=${fields} values=${values.current}
            errors=${{ ...refused, ...errors }} onChange=${changed} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${sure
    ? t('press_again', { what: label }) : label}</button>
            <button type="button" onClick=${onClose}>${t('cancel')}</button></div></form>`;
}

/* What was filled in, trimmed; dates as the daemon reads them. */
function filled(v, names) {
    const out = {};
    for (const name of names) {
        const text = String(v[name] ?? '').trim();
        if (text !== '') {
            out[name] = text;
        }
    }
    if (out.legal_date) {
        out.legal_date = parseDate(out.legal_date, { past: true });
    }
    return out;
}

const docRows = () => [
    { id: 'doc_no', label: t('doc_no'), kind: 'text', max: 100 },
    { id: 'legal_date', label: t('legal_date'), kind: 'date', past: true, max: 12,
        note: t('date_hint') },
];
const textRow = () => ({ id: 'text', label: t('step_text'), kind: 'area', rows: 2, max: 200,
    note: t('text_leaves') });

/* Steps that may have a file (lt_attachment_fits): what an office puts its number on. */
const FILED = ['decision_issued', 'decision_sent', 'decision_published', 'leader_conclusion'];
const DATED = ['dialogue_scheduled', 'reviewed', 'task_set'];
const PASSED = ['transfer_sent', 'transfer_answered', 'task_set'];

/* What some steps cannot do without, or may tell besides. */
function ownRows(is) {
    return [
        { id: 'on', label: t('step_on'), kind: 'date', max: 12, required: true,
            note: t('date_hint'), when: is(...DATED) },
        { id: 'agency', label: t('step_agency'), kind: 'text', max: 200, required: true,
            when: is(...PASSED) },
        { id: 'days', label: t('step_days'), kind: 'number', max: 4, range: [1, 3660],
            when: is('extended') },
        { id: 'notice', label: t('step_notice'), kind: 'pick', options: terms('citizen_notices'),
            when: is('citizen_notified') },
        { id: 'way', label: t('step_way'), kind: 'choice', options: terms('notify_ways'),
            when: is('citizen_notified') },
        { id: 'protection', label: t('step_protection'), kind: 'choice', required: true,
            options: terms('protections'), when: is('protection') },
        { id: 'other', label: t('step_linked'), kind: 'text', max: 100, required: true,
            when: is('linked') },
    ];
}

async function stepBody(v, kind, sealed) {
    const body = { kind, ...filled(v, sealed ? ['way', 'notice', 'agency']
        : ['doc_no', 'legal_date', 'text', 'way', 'notice', 'agency']) };
    if (v.on && DATED.includes(kind)) {
        body.on = parseDate(v.on);
    }
    if (v.days && kind === 'extended') {
        body.days = Number(v.days);
    }
    if (v.protection && kind === 'protection') {
        body.way = v.protection;
    }
    if (v.file && FILED.includes(kind)) {
        Object.assign(body, await announce(v.file));
    }
    if (kind === 'linked') {
        const other = await get(`/cases/${idPath(v.other.trim())}`).catch(() => null);
        if (other === null) {
            return { error: { other: t('before_none') } };
        }
        body.event = other.id;
    }
    return body;
}

/** A step, with what the law wants written beside it. @kind null: it is asked.
 * @start: what a row says at first. */
export function StepForm({ item, kind, start, onDone, onClose }) {
    const sealed = item.type === 'denunciation';
    const is = (...kinds) => (v) => kinds.includes(kind ?? v.kind);
    const file = useRef(null);
    const [written, setWritten] = useState(null);
    const fields = [
        { id: 'kind', label: t('step_what'), kind: 'pick', required: true, when: () => kind === null,
            options: possibleSteps(item).map((word) => ({ word, label: Term('steps', word) })) },
        ...ownRows(is), ...(sealed ? [] : [...docRows(), textRow(), fileRow(is(...FILED))]),
    ];
    const body = async (v) => {
        const made = await stepBody(v, kind ?? v.kind, sealed);
        file.current = made.attach_size ? v.file : null;
        return made;
    };
    if (written !== null) {
        return html`<${Sending} file=${file.current} event=${written} onDone=${onDone} />`;
    }
    return html`<${CaseForm} title=${kind ? Term('steps', kind) : t('step_other')} fields=${fields}
        start=${start} path=${`/cases/${idPath(item.id)}/steps`} label=${t('save')}
        body=${body} onClose=${onClose} onDone=${(answer) => (file.current === null ? onDone(answer)
        : setWritten(answer.event))} />`;
}

export function CloseForm({ item, onDone, onClose }) {
    const sealed = item.type === 'denunciation';
    const fields = [{ id: 'reason', label: t('close_why'), kind: 'choice', required: true,
        options: terms('close_reasons') }, ...(sealed ? [] : [docRows()[0], textRow()])];
    return html`<${CaseForm} title=${t('close_case')} label=${t('close_case')} twice fields=${fields}
        path=${`/cases/${idPath(item.id)}/close`} onDone=${onDone} onClose=${onClose}
        body=${(v) => filled(v, ['reason', ...(sealed ? [] : ['doc_no', 'text'])])} />`;
}

/** To another office, which then accepts or refuses. A denunciation goes to superiors. */
export function OfferForm({ session, item, onDone, onClose }) {
    const sealed = item.type === 'denunciation';
    const { id, parent } = session.office;
    const { above, all } = useOfferees(id);
    const first = all.filter((o) => o.word === parent);
    const options = sealed ? all.filter((o) => above.includes(o.word))
        : [...first, ...all.filter((o) => o.word !== parent)];
    const fields = [{ id: 'to', label: t('offer_to'), kind: 'pick', required: true, options,
        note: t('pick_one_office') }, ...(sealed ? [] : [...docRows(), textRow()])];
    if (all.length === 0) {
        return html`<p class="empty">${t('loading')}</p>`;
    }
    return html`<${CaseForm} title=${t('offer')} label=${t('offer_send')} fields=${fields}
        note=${t(sealed ? 'offer_sealed_note' : 'offer_note')}
        path=${`/cases/${idPath(item.id)}/offer`} onDone=${onDone} onClose=${onClose}
        body=${(v) => ({ to: [v.to], ...filled(v, sealed ? [] : ['doc_no', 'legal_date', 'text']) })} />`;
}

function useOfferees(self) {
    const all = useOffices(self);
    const [above, setAbove] = useState([]);
    useEffect(() => {
        get('/status').then((status) => setAbove([status.office.parent,
            ...(status.office.superiors ?? [])].filter(Boolean))).catch(() => {});
    }, [self]);
    return { all, above };
}

export function RefuseForm({ item, onDone, onClose }) {
    const sealed = item.type === 'denunciation';
    const fields = [sealed ? { id: 'kind', label: t('refuse_why'), kind: 'choice', required: true,
        options: terms('refusals') } : { id: 'reason', label: t('refuse_why'), kind: 'area', rows: 2,
        max: 200, required: true, note: t('text_leaves') }];
    return html`<${CaseForm} title=${t('offer_refuse')} label=${t('offer_refuse')} fields=${fields}
        path=${`/cases/${idPath(item.id)}/refuse`} onDone=${onDone} onClose=${onClose}
        body=${(v) => filled(v, ['kind', 'reason'])} />`;
}

/** An entry taken back: it stays in the history, and no longer counts. @why: the word that
 * is chosen at first. */
export function VoidForm({ item, event, why, onDone, onClose }) {
    const sealed = item.type === 'denunciation';
    const fields = [{ id: 'kind', label: t('void_why'), kind: 'choice', required: true,
        options: terms('void_reasons') }, ...(sealed ? [] : [{ id: 'reason', label: t('void_text'),
        kind: 'area', rows: 2, max: 200, required: true, note: t('text_leaves') }])];
    return html`<${CaseForm} title=${t(why === 'mistake' ? 'entry_fix' : 'entry_take_back')} twice
        label=${t('entry_take_back_go')} fields=${fields} start=${{ kind: why }}
        note=${t('void_note')} path=${`/events/${idPath(event)}/void`} onDone=${onDone}
        onClose=${onClose} body=${(v) => (sealed ? { reason: v.kind }
    : filled(v, ['kind', 'reason']))} />`;
}
