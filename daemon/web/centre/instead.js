// "Nhập thay": the work of an office below that has only paper, or whose machine is out
// of order, out of its book: a letter, or somebody who was received. It counts as that
// office's, at every tier; who enters it holds the letter, until it is given to the office.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { useAct } from '/web/lib/act.js';
import { parseDate, showTime } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { officeName } from '/web/lib/office.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { compareNames } from '/web/lib/text.js';
import { Term, t, terms } from '/web/lib/words.js';
import law from '/web/words/law.js';

const TYPES = ['complaint', 'recommendation', 'feedback'];
const isLetter = (v) => v.what === 'letter';
const isTurn = (v) => v.what === 'turn';

const fieldsOf = (units) => [
    { id: 'office', label: t('instead_who'), kind: 'pick', required: true, options: units,
        note: t('pick_offices') },
    { id: 'what', label: t('instead_what'), kind: 'choice', required: true, options: [
        { word: 'letter', label: t('instead_letter') }, { word: 'turn', label: t('instead_turn') }] },
    { id: 'day', label: t('instead_day'), kind: 'date', past: true, max: 12, required: true,
        note: t('f_received_note') },
    { id: 'type', label: t('f_type'), kind: 'choice', required: true, when: isLetter,
        note: t('instead_sealed'), options: TYPES.map((word) => ({ word, label: Term('types', word) })) },
    { id: 'form', label: t('f_form'), kind: 'choice', required: true, when: isTurn,
        options: terms('turns') },
    { id: 'people', label: t('f_people'), kind: 'number', required: true, max: 5, range: [1, 100000],
        when: isTurn },
    { id: 'field', label: t('f_field'), kind: 'pick', required: true, options: terms('fields'),
        note: t('f_field_note') },
    { id: 'number', label: t('instead_number'), kind: 'text', max: 32, when: isLetter,
        note: t('instead_number_note') },
    { id: 'text', label: t('f_summary'), kind: 'area', rows: 3, max: 1000, when: isLetter,
        note: t('text_leaves') },
    { id: 'outcome', label: t('f_handling'), kind: 'choice', required: true, when: isTurn,
        options: terms('turn_outcomes') },
];

/* [path, body] of a filled form. What leaves is in Vietnamese, whoever writes it. */
function wordOf(v) {
    const date = parseDate(v.day, { past: true });
    if (isTurn(v)) {
        return ['/receptions', { kind: v.form, people: Number(v.people), field: v.field,
            outcome: v.outcome, date, for: v.office }];
    }
    const text = v.text?.trim() || `${law.types[v.type][0]} về ${law.fields[v.field][0]}`;
    return ['/cases', { type: v.type, field: v.field, text, date,
        ...(v.number?.trim() ? { number: v.number.trim() } : {}), for: v.office }];
}

function Written({ answer, values, onNext }) {
    return html`<p class="done" role="status">${t('instead_done', { name: officeName(values.office),
        time: showTime(answer.committed_at) })} <b class="ok">✓</b></p>
        ${answer.receipt_code && html`<p>${t('receipt_code')}: <b class="mono">${answer.receipt_code}</b></p>`}
        <div class="buttons"><button class="main" type="button" onClick=${onNext}>${t('phoned_next')}</button>
            ${isLetter(values) && html`<a class="button" href=${link('case', answer.id)}>${t('phoned_open')}</a>`}
        </div>`;
}

export function Instead({ session, id, units }) {
    const self = session.office.id;
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [written, setWritten] = useState(null);
    const [state, act] = useAct(setWritten);
    if (units === null) {
        return html`<p class="empty">${t('loading')}</p>`;
    }
    const below = units.filter((u) => u.id !== self).map((u) => ({ word: u.id, label: u.name }))
        .sort((a, b) => compareNames(a.label, b.label));
    if (values.current.office === undefined && below.some((u) => u.word === id)) {
        values.current.office = id;
    }
    const fields = fieldsOf(below);
    const send = (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(...wordOf(values.current));
    };
    const next = () => {
        const { office, what } = values.current;
        values.current = { office, what };
        setWritten(null);
    };
    return html`<${Sheet} title=${t('instead')}><p class="quiet">${t('instead_lead')}</p>
        ${written !== null ? html`<${Written} answer=${written} values=${values.current}
            onNext=${next} />` : html`<form class="fields" noValidate onSubmit=${send}>
            <${Fields} fields=${fields} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('save')}</button>
                <button type="button" onClick=${() => go()}>${t('cancel')}</button></div></form>`}
        <p class="quiet small">${t('instead_names')}</p></${Sheet}>`;
}
