// One crowd that is there: who has been reached, what is asked, how it ended.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath, newKey, post } from '/web/lib/api.js';
import { Alike, alikeTo, parentsBy } from '/web/lib/alike.js';
import { openIncidents } from '/web/lib/crowds.js';
import { useNow, useWatch } from '/web/lib/data.js';
import { showSince, showTime } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { band, HELPS, helpText, helpWords, learnNames, officeName, placeWord, speaksOf } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, term, terms } from '/web/lib/words.js';

const NOTE_MAX = 140;

function updateFields() {
    return [
        { id: 'help', label: t('crowd_help'), kind: 'ticks',
            options: HELPS.map((word, i) => ({ word, label: t(`help_${i + 1}`) })) },
        { id: 'speakers', label: t('crowd_speakers'), kind: 'number', range: [1, 50], max: 3 },
        { id: 'people', label: t('crowd_now'), kind: 'number', max: 6 },
        { id: 'note', label: t('crowd_note'), kind: 'text', max: NOTE_MAX,
            note: t('crowd_note_hint') },
    ];
}

/* The texts of an incident are in Vietnamese: they go to every office above. */
const helpOf = (v) => helpText(v.help ?? [], v.speakers, v.note?.trim());

function Update({ id, onDone }) {
    const values = useRef({});
    const key = useRef(newKey());
    const [state, setState] = useState({ busy: false, problem: null, errors: {}, round: 0 });
    const fields = updateFields();
    const send = async (event) => {
        event.preventDefault();
        const errors = findErrors(fields, values.current);
        const help = helpOf(values.current);
        if (help.length > NOTE_MAX) {
            errors.note = t('crowd_note_long', { n: help.length - NOTE_MAX });
        }
        if (Object.keys(errors).length > 0 || (help === '' && !values.current.people)) {
            setState((s) => ({ ...s, errors }));
            goToError(errors);
            return;
        }
        setState((s) => ({ ...s, busy: true, problem: null, errors: {} }));
        try {
            await post(`/incidents/${idPath(id)}/update`, {
                ...(help ? { help } : {}),
                ...(values.current.people ? { people: Number(values.current.people) } : {}),
            }, key.current);
            values.current = {};
            key.current = newKey();
            setState((s) => ({ busy: false, problem: null, errors: {}, round: s.round + 1 }));
            onDone();
        } catch (problem) {
            if (problem.outcome !== 'unknown') {
                key.current = newKey();
            }
            setState((s) => ({ ...s, busy: false, problem }));
        }
    };
    return html`<form class="fields" noValidate onSubmit=${send} key=${state.round}>
        <h2>${t('crowd_update')}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${state.errors}
            onChange=${() => setState((s) => ({ ...s, errors: {} }))} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('crowd_send_update')}
        </button></div></form>`;
}

function Close({ id, onDone }) {
    const [state, setState] = useState({ problem: null, sure: null });
    const key = useRef(newKey());
    const end = async (reason) => {
        try {
            await post(`/incidents/${idPath(id)}/close`, { reason }, key.current);
            setState({ problem: null, sure: null });
            onDone();
        } catch (problem) {
            setState({ problem, sure: null });
        }
    };
    return html`<section class="endings"><h2>${t('crowd_end')}</h2>
        <div class="touches small">${terms('incident_ends').map((e) => html`<button type="button"
            key=${e.word} aria-pressed=${state.sure === e.word}
            onClick=${() => (state.sure === e.word ? end(e.word)
        : setState({ problem: null, sure: e.word }))}>${state.sure === e.word
        ? t('press_again', { what: e.label }) : e.label}</button>`)}</div>
        <${Trouble} problem=${state.problem} /></section>`;
}

/* Where a warning has come to: from another office it is here; above it, as far as known. */
function Reached({ data, mine, told }) {
    const came = !mine && html`<span class="reached">${t('reach_came', {
        name: officeName(data.origin), time: showTime(data.arrived_at) })}</span>`;
    return html`${came}${told === null ? '…' : told.reached.length === 0
        ? mine && t('reach_here_only') : told.reached.map((r) => html`<span class="reached" key=${r.office}>
                ${r.reached === true ? html`<b class="ok">✓</b> ${t('reach_has', {
                name: officeName(r.office) })}` : t('reach_has_not',
                { name: officeName(r.office) })}</span>`)}`;
}

export function IncidentSheet({ session, id, justSent, units }) {
    const now = useNow(1000);
    const { data, error, reload } = useWatch(async () => learnNames(
        await get(`/incidents/${idPath(id)}`)), ['incident'], [id]);
    const { data: told } = useWatch(async () => learnNames(
        await get(`/explain/${idPath(id)}`)), ['incident', 'status'], [id]);
    const { data: sent } = useWatch(async () => learnNames(await get('/directives', { limit: 300 })),
        ['directive'], [id]);
    const { data: others } = useWatch(openIncidents, ['incident'], [id]);
    const [taking, setTaking] = useState(null);
    if (data === null) {
        return html`<${Sheet} title=${t('crowd')}><p class="empty">${error ? error.message
            : t('loading')}</p></${Sheet}>`;
    }
    const mine = data.origin === session.office.id;
    const ends = mine || data.entered_by === session.office.id; // how it ended is said where it is
    const orders = (sent?.items ?? []).filter((d) => !d.voided && speaksOf(d, data));
    const open = !['closed', 'joined'].includes(data.state) && !data.voided;
    const alike = alikeTo(data, others?.items ?? [], parentsBy(units));
    const writes = session.person.roles.some((r) => r !== 'inspector' && r !== 'operator');
    const take = async () => {
        try {
            await post(`/incidents/${idPath(id)}/take`, {}, newKey());
            setTaking(null);
        } catch (problem) {
            setTaking(problem);
        }
        reload();
    };
    return html`<${Sheet} title=${t('crowd')}>
        ${justSent && html`<p class="done" role="status">${t('crowd_sent',
        { time: showTime(data.raised_at) })} <b class="ok">✓</b></p>`}
        <dl class="facts">
            <dt>${t('crowd_where')}</dt><dd>${mine ? '' : `${officeName(data.origin)} · `}${placeWord(data.place)}</dd>
            <dt>${t('crowd_what')}</dt><dd>${Term('fields', data.field) || data.subject}</dd>
            <dt>${t('crowd_many')}</dt><dd>${band(data.people)}</dd>
            <dt>${t('crowd_since')}</dt><dd>${open
        ? html`<span class="clock">${showSince(data.raised_at, now)}</span>` : showTime(data.raised_at)}</dd>
            ${data.help && html`<dt>${t('crowd_help')}</dt><dd>${helpWords(data.help)}</dd>`}
            <dt>${t('reach')}</dt><dd><${Reached} data=${data} mine=${mine} told=${told} /></dd>
            <dt>${t('taken')}</dt><dd>${data.taken_at ? t('reach_taken',
        { name: officeName(data.taken_by), time: showTime(data.taken_at) })
        : html`<span class="due late">${t('incident_untaken')}</span>`}</dd>
            ${orders.length > 0 && html`<dt>${t('crowd_orders')}</dt><dd>${orders.map((d) => html`<span
                class="reached" key=${d.id}><a href=${link('directive', d.id)}>${d.doc_no}</a>
                ${' → '}${d.to.map((to) => officeName(to.office)).join(', ')}</span>`)}</dd>`}
            ${data.state === 'closed' && html`<dt>${t('crowd_end')}</dt>
                <dd>${Term('incident_ends', data.reason)} · ${showTime(data.closed_at)}</dd>`}
        </dl>
        ${open && writes && !mine && data.state === 'raised' && html`<div class="buttons">
            <button class="main" type="button" onClick=${take}>${t('take')}</button></div>`}
        <${Trouble} problem=${taking} />
        <${Alike} one=${data} alike=${alike} writes=${writes} onDone=${reload} />
        ${data.joined_to && html`<p class="note"><a href=${link('incident', data.joined_to)}>${t('alike_joined')}</a></p>`}
        ${open && writes && html`<${Update} id=${id} onDone=${reload} />
            ${ends && html`<${Close} id=${id} onDone=${reload} />`}`}
        ${data.voided && html`<p class="note">${term('void_reasons', 'mistake')}</p>`}
    </${Sheet}>`;
}
