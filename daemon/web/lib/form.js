// Forms that never disturb who is typing.
//
// Vietnamese typing tools send backspaces and letters as keystrokes, so an input
// is made once, keeps its own text, and is never rendered again: what was typed
// goes into one plain object (`values`), which decides on `change` which rows
// show. A date is read back beside its field after the field is left.
import { Component, html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { parseDate, showDate, today } from '/web/lib/dates.js';
import { fold, matches } from '/web/lib/text.js';
import { t } from '/web/lib/words.js';

/** Rendered once; its element lives on untouched. */
export class Once extends Component {
    shouldComponentUpdate() {
        return false;
    }

    render({ make }) {
        return make();
    }
}

export function Trouble({ problem }) {
    const box = useRef(null);
    useEffect(() => box.current?.scrollIntoView({ block: 'nearest' }), [problem]);
    const sure = () => {
        problem.sure();
        box.current.closest('form').requestSubmit(); // its fields as they are now
    };
    return problem && html`<div class="problem" role="alert" ref=${box}>
        <p>${problem.message}</p>
        ${problem.remedy && html`<p class="quiet">${problem.remedy}</p>`}
        ${problem.outcome === 'unknown' && html`<p><b>${t('error_outcome_unknown')}</b></p>`}
        ${problem.sure && html`<p><button type="button" onClick=${sure}>${t('text_is_clean')}</button></p>`}
    </div>`;
}

function Row({ field, error, note, children, group }) {
    const label = html`${field.label}${field.required && html` <span class="star"
        aria-hidden="true">★</span>`}${field.local && html` <span class="here"
        title=${t('here_only')}>${t('here')}</span>`}`;
    return html`<div class=${`row${error ? ' wrong' : ''}`} data-field=${field.id}>
        ${group ? html`<div class="label" id=${`l-${field.id}`}>${label}</div>`
        : html`<label class="label" for=${`f-${field.id}`}>${label}</label>`}
        <div class="input">${children}
            ${note && html`<div class="note" id=${`n-${field.id}`}>${note}</div>`}
            ${error && html`<div class="error" id=${`e-${field.id}`}>${error}</div>`}
        </div>
    </div>`;
}

/* What is pasted is kept whole, and refused with its length (fieldError), not cut. */
const LONGEST = 200000;

function Text({ field, values, onLeave }) {
    const typed = (event) => {
        values[field.id] = event.target.value;
        field.onTyped?.();
    };
    const common = {
        id: `f-${field.id}`, name: `x-${field.id}`, maxLength: LONGEST,
        defaultValue: values[field.id] ?? '', autocomplete: 'off', spellcheck: false,
        required: field.required || undefined, onInput: typed, onBlur: onLeave,
        'aria-describedby': `n-${field.id} e-${field.id}`,
        inputMode: field.kind === 'number' ? 'numeric' : undefined,
    };
    return html`<${Once} make=${() => (field.kind === 'area'
        ? html`<textarea rows=${field.rows ?? 3} ...${common}></textarea>`
        : html`<input type=${field.kind === 'secret' ? 'password' : 'text'} class=${field.kind}
            ...${common} />`)} />`;
}

/* values[id] is the chosen File itself. The browser's own button speaks the browser's
 * language: ours stands over it. */
function FileInput({ field, values, onChosen }) {
    const [name, setName] = useState('');
    const chosen = (event) => {
        const [file] = event.target.files;
        values[field.id] = file;
        setName(file?.name ?? '');
        onChosen();
    };
    return html`<span class="file-pick"><input type="file" id=${`f-${field.id}`}
            name=${`x-${field.id}`} accept=${field.accept} onChange=${chosen}
            aria-describedby=${`n-${field.id} e-${field.id}`} />
        <span class="button slim" aria-hidden="true">${t('file_choose')}</span>
        <span>${name}</span></span>`;
}

/* A few choices in sight; while one of them has the focus its number picks. */
function Choice({ field, values, onChosen }) {
    const box = useRef(null);
    const pick = (word) => {
        values[field.id] = word;
        onChosen();
    };
    const press = (event) => {
        const option = field.options[Number(event.key) - 1];
        if (event.key >= '1' && event.key <= '9' && option && !event.ctrlKey) {
            event.preventDefault();
            const input = box.current.querySelectorAll('input')[Number(event.key) - 1];
            input.checked = true;
            input.focus();
            pick(option.word);
        }
    };
    return html`<div class="choice" role="radiogroup" ref=${box} onKeyDown=${press}
        aria-labelledby=${`l-${field.id}`} aria-describedby=${`e-${field.id}`}>
        ${field.options.map((option, i) => html`<label key=${option.word}>
            <input type="radio" name=${`x-${field.id}`} value=${option.word}
                checked=${values[field.id] === option.word} onChange=${() => pick(option.word)} />
            <span>${field.options.length > 1 && html`<kbd>${i + 1}</kbd> `}${option.label}</span>
        </label>`)}
    </div>`;
}

function Ticks({ field, values, onChosen }) {
    const flip = (word, on) => {
        const old = values[field.id] ?? [];
        values[field.id] = on ? [...old, word] : old.filter((w) => w !== word);
        onChosen();
    };
    return html`<div class="choice" role="group" aria-labelledby=${`l-${field.id}`}>
        ${field.options.map((option) => html`<label key=${option.word}>
            <input type="checkbox" checked=${(values[field.id] ?? []).includes(option.word)}
                onChange=${(e) => flip(option.word, e.target.checked)} />
            <span>${option.label}</span></label>`)}
    </div>`;
}

/* Many choices: a number, or the beginnings of words without marks. */
function Pick({ field, values, onChosen }) {
    const input = useRef(null);
    const [open, setOpen] = useState(false);
    const [typed, setTyped] = useState('');
    const [at, setAt] = useState(0);
    const number = /^\d+$/.test(typed.trim()) ? Number(typed) : null;
    const shown = number !== null ? field.options.filter((o, i) => String(i + 1).startsWith(
        String(number))) : field.options.filter((o) => matches(o.label, typed));
    const choose = (option) => {
        values[field.id] = option.word;
        input.current.value = option.label;
        setOpen(false);
        setTyped('');
        onChosen();
    };
    const press = (event) => {
        if (event.isComposing) {
            return;
        }
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            setOpen(true);
            setAt(Math.max(0, Math.min(shown.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1))));
        } else if (event.key === 'Enter' && !event.ctrlKey && open && shown[at]) {
            event.preventDefault();
            choose(shown[at]);
        } else if (event.key === 'Escape' && open) {
            event.stopPropagation();
            setOpen(false);
        }
    };
    const leave = () => {
        if (input.current === null) { // the row went when something was chosen
            return;
        }
        // What was typed and means one thing alone is that thing.
        const exact = field.options.find((o) => fold(o.label) === fold(input.current.value));
        if (exact) {
            choose(exact);
        } else if (typed !== '' && shown.length === 1) {
            choose(shown[0]);
        } else if (typed !== '' || input.current.value === '') {
            values[field.id] = undefined;
            onChosen();
        }
        setOpen(false);
    };
    const initial = field.options.find((o) => o.word === values[field.id])?.label ?? '';
    const list = `p-${field.id}`;
    useEffect(() => {
        const el = input.current;
        el.setAttribute('aria-expanded', String(open));
        if (open && shown[at]) {
            el.setAttribute('aria-activedescendant', `${list}-${at}`);
        } else {
            el.removeAttribute('aria-activedescendant');
        }
    });
    return html`<div class="pick">
        <${Keep} input=${input} id=${`f-${field.id}`} list=${list} initial=${initial}
            describe=${`e-${field.id}`}
            act=${{
        input: (e) => {
            setTyped(e.target.value);
            setAt(0);
            setOpen(true);
        },
        press,
        leave,
        focus: () => setOpen(true),
    }} />
        <ul id=${list} role="listbox" aria-label=${field.label} hidden=${!open}>
            ${shown.map((option, i) => html`<li key=${option.word} role="option"
                id=${`${list}-${i}`} aria-selected=${i === at}
                onMouseDown=${(e) => {
        e.preventDefault();
        choose(option);
    }}><kbd>${field.options.indexOf(option) + 1}</kbd> ${option.label}</li>`)}
        </ul>
    </div>`;
}

/* The input of Pick: made once, its handlers always the newest. */
class Keep extends Component {
    shouldComponentUpdate(next) {
        this.act = next.act;
        return false;
    }

    render({ input, id, list, initial, describe, act }) {
        this.act = act;
        return html`<input type="text" id=${id} ref=${input} role="combobox" autocomplete="off"
            spellcheck=${false} aria-autocomplete="list" aria-controls=${list}
            aria-describedby=${describe} aria-expanded="false" defaultValue=${initial}
            onInput=${(e) => this.act.input(e)} onKeyDown=${(e) => this.act.press(e)}
            onBlur=${(e) => whenPointerIsUp(() => this.act.leave(e))} onFocus=${(e) => this.act.focus(e)} />`;
    }
}

const INPUTS = { choice: Choice, ticks: Ticks, pick: Pick, file: FileInput };
const GROUPS = new Set(['choice', 'ticks']);

/** Does the value of @field satisfy it? The sentence to show, or null. */
export function fieldError(field, values) {
    const value = values[field.id];
    const empty = value === undefined || value === null || String(value).trim() === '';
    if (empty) {
        const typed = field.kind === 'pick' && document.getElementById(`f-${field.id}`)?.value.trim();
        return typed ? t('form_not_listed', { typed }) : field.required ? t('form_required') : null;
    }
    if (field.kind === 'date') {
        const day = parseDate(value, { past: field.past });
        if (day === null) {
            return t('form_date_wrong');
        }
        if (field.past && day > today()) {
            return t('form_date_ahead', { day: showDate(day, { weekday: false }) });
        }
    }
    if (field.kind === 'number') {
        const n = Number(value);
        const [least, most] = field.range ?? [1, 100000];
        if (!/^\d+$/.test(String(value).trim()) || n < least || n > most) {
            return t('form_number_wrong', { least, most });
        }
    }
    const max = field.max ?? 200;
    if (!INPUTS[field.kind] && [...String(value)].length > max) {
        return t('form_too_long', { n: [...String(value)].length, max });
    }
    return field.check?.(value, values) ?? null;
}

/** {id: sentence} of the row that a refusal of the server means; none: {}. @rows: ids
 * of rows that the API calls otherwise. */
export function problemAt(problem, fields, rows = {}) {
    const id = rows[problem?.option] ?? problem?.option;
    return id && fields.some((f) => f.id === id) ? { [id]: problem.message } : {};
}

function dateNote(field, values) {
    const day = field.kind === 'date' && values[field.id]
        ? parseDate(values[field.id], { past: field.past }) : null;
    return day === null ? null : showDate(day);
}

/* A field is left while the pointer goes down on the next one: what the row then
 * says (an error, a date) would move that one from under the pointer. So it waits
 * until the pointer is up. */
let pointerIsDown = false;
addEventListener('pointerdown', () => {
    pointerIsDown = true;
}, true);
for (const end of ['pointerup', 'pointercancel']) {
    addEventListener(end, () => {
        pointerIsDown = false;
    }, true);
}

function whenPointerIsUp(act) {
    if (!pointerIsDown) {
        act();
        return;
    }
    const later = () => {
        removeEventListener('pointerup', later, true);
        removeEventListener('pointercancel', later, true);
        setTimeout(act);
    };
    addEventListener('pointerup', later, true);
    addEventListener('pointercancel', later, true);
}

/** The rows of a form. @fields: [{id, label, kind, options, required, local, when,
 * max, check, note}]; @values is filled in place. @onChange after each choice and
 * each field left; @errors what a save found. */
export function Fields({ fields, values, errors, onChange }) {
    const [left, setLeft] = useState({});
    const leave = (field) => {
        setLeft((old) => ({ ...old, [field.id]: true }));
        onChange();
    };
    return fields.filter((f) => f.when === undefined || f.when(values)).map((field) => {
        const Input = INPUTS[field.kind] ?? Text;
        const own = left[field.id] ? fieldError(field, values) : null;
        const error = errors?.[field.id] ?? (own === t('form_required') ? null : own);
        return html`<${Row} key=${field.id} field=${field} error=${error}
            group=${GROUPS.has(field.kind)}
            note=${dateNote(field, values) ?? field.note}>
            <${Input} field=${field} values=${values}
                onLeave=${() => whenPointerIsUp(() => leave(field))}
                onChosen=${() => leave(field)} />
        </${Row}>`;
    });
}

/** {id: sentence} of the rows that show and are not right; moves to the first. */
export function findErrors(fields, values) {
    const errors = {};
    for (const field of fields) {
        if (field.when === undefined || field.when(values)) {
            const error = fieldError(field, values);
            if (error !== null) {
                errors[field.id] = error;
            }
        }
    }
    return errors;
}

export function goToError(errors) {
    const first = Object.keys(errors)[0];
    const row = first && document.querySelector(`[data-field="${first}"]`);
    row?.querySelector('input, textarea')?.focus();
}
