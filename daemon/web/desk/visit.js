// F2, "Lượt tiếp", and F4, "Đơn nhận được": one form each, by keyboard alone.
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { caseNumber, DueIn } from '/web/lib/cases.js';
import { showTime, today } from '/web/lib/dates.js';
import { dropDraft, draftsLast, loadDraft, saveDraft } from '/web/lib/drafts.js';
import { Errand } from '/web/lib/errand.js';
import { Fields, findErrors, goToError, problemAt, Trouble } from '/web/lib/form.js';
import { useKeys } from '/web/lib/keys.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { fold } from '/web/lib/text.js';
import { t, Term, term } from '/web/lib/words.js';
import { countField, isOwnPeople, isSealed, ownSummary, petitionFields, shownValues, visitFields }
    from '/web/desk/visit_fields.js';
import { petitionSteps, visitSteps } from '/web/desk/visit_write.js';

const DRAFT_MS = 2000;
const HABIT = 'lienthong-habit';
/* Rows that the API calls otherwise. */
const ROWS = { text: 'summary', sealed_ref: 'sealed', date: 'received', doc_no: 'notice' };

/* A choice that habit makes keeps the last value (the source of letters). */
const habit = () => sessionStorage.getItem(HABIT) ?? undefined;

/* The draft follows 2 s after the last key, and is gone when the form is sent. A
 * denunciation leaves nothing behind. */
function useDraft(owner, form, values) {
    const timer = useRef(null);
    const ended = useRef(false);
    const touch = () => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => {
            if (!ended.current) {
                (isSealed(values) ? dropDraft(owner, form) : saveDraft(owner, form, values))
                    .catch(() => {});
            }
        }, DRAFT_MS);
    };
    const flush = () => {
        clearTimeout(timer.current);
        return ended.current || isSealed(values) ? Promise.resolve()
            : saveDraft(owner, form, values);
    };
    const end = () => {
        ended.current = true;
        clearTimeout(timer.current);
        return dropDraft(owner, form);
    };
    return { touch, flush, end };
}

function Saved({ done, values, known, next, onNext }) {
    const data = done.case;
    const away = isSealed(values) && isOwnPeople(values);
    const [item, setItem] = useState(null);
    const button = useRef(null);
    useEffect(() => {
        button.current.focus();
        if (away) {
            return; // this office is told no more of it
        }
        get(`/cases/${encodeURIComponent(data.id)}`).then(setItem).catch(() => {});
    }, []);
    const code = data.receipt_code ?? known?.receipt_code;
    return html`<div class="saved" role="status">
        <p class="done">${t('saved_at', { time: showTime(data.committed_at) })} <b class="ok">✓</b></p>
        ${code && html`<p>${t('receipt_code')}</p><p class="code">${code}</p>
            <p class="quiet">${t('receipt_copy')}</p>`}
        ${done.sealed && html`<p>${t('receipt_code')} (${term('types', 'denunciation')})</p>
            <p class="code">${done.sealed.receipt_code}</p>`}
        ${isOwnPeople(values) && html`<p class="note">${t('f_accused_note')}</p>`}
        ${item?.due_on && html`<p>${t('due_first')}: <${DueIn} day=${item.due_on} />
            <span class="quiet"> ${Term('rules', item.due_rule)}</span></p>`}
        ${Number(values.people) >= 5 && html`<p><a class="button" href=${link('crowd')}>
            ${t('crowd_too')}</a></p>`}
        <div class="buttons">
            <button class="main" type="button" ref=${button} onClick=${onNext}>${t(next)}</button>
            ${!away && html`<a class="button" href=${link('case', data.id)}>${t('open_matter')}</a>`}
        </div></div>`;
}

/* The matter that a receipt names: looked for when its field is left. */
function Known({ known }) {
    return known && html`<p class="note" role="status">${known.missing ? t('before_none')
        : html`${t('before_found', { number: caseNumber(known) })}${' '}
            ${Term('fields', known.field)}${known.due_on && html` · <${DueIn}
                day=${known.due_on} />`}`}</p>`;
}

/* The same person about the same field, today, in this office's own register: {number, id}
 * or null. Asked when name and field are there; the audit notes it as any other search. */
async function seenToday(v) {
    const who = [v.contact, v.name].map((x) => (x ?? '').trim()).find((x) => x.length > 3);
    if (!who || !v.field) {
        return null;
    }
    const found = await get('/register', { q: (v.name ?? '').trim() || who }).catch(() => null);
    const same = (found?.items ?? []).filter((r) => fold(r.name ?? '') === fold(v.name ?? '')
        && today(Date.parse(r.entered_at)) === today()).slice(0, 3);
    for (const r of same) {
        const item = await get(`/cases/${encodeURIComponent(r.case)}`).catch(() => null);
        if (item !== null && item.field === v.field && !item.voided) {
            return item;
        }
    }
    return null;
}

function Again({ item }) {
    return item && html`<p class="note again" role="status"><a href=${link('case', item.id)}>${t(
        'visit_again', { number: caseNumber(item) })}</a></p>`;
}

function Form({ session, name, fields, start, steps, title }) {
    const owner = session.person.name;
    const values = useRef(null);
    const errand = useRef(null);
    const known = useRef(null);
    const again = useRef(null);
    const checked = useRef(null);
    const [state, setState] = useState({ ready: false, busy: false, problem: null, errors: {},
        done: null, round: 0, looked: null });
    const draft = useDraft(owner, name, values.current ?? {});
    const set = (part) => setState((old) => ({ ...old, ...part }));

    useEffect(() => {
        loadDraft(owner, name).catch(() => null).then((kept) => {
            values.current = kept ?? start();
            set({ ready: true, kept: kept !== null });
            requestAnimationFrame(() => document.querySelector('.fields input')?.focus());
        });
    }, [state.round]);

    const lookUp = async () => {
        const code = (values.current.before ?? '').trim();
        if (code === known.current?.code) {
            return;
        }
        known.current = code === '' ? null : { code, missing: true };
        if (code !== '') {
            const item = await get(`/cases/${encodeURIComponent(code)}`).catch(() => null);
            known.current = item === null ? { code, missing: true } : { ...item, code };
            if (item !== null && !values.current.field) {
                values.current.field = item.field;
            }
        }
        set({ looked: code });
    };
    const lookAgain = async () => {
        const v = shownValues(fields(), values.current);
        const asked = JSON.stringify([v.name, v.field]);
        if (asked === again.current) {
            return;
        }
        again.current = asked;
        const item = isSealed(v) || v.before ? null : await seenToday(v);
        if (again.current === asked) {
            set({ again: item });
        }
    };
    const changed = () => {
        if (JSON.stringify(values.current) === checked.current) {
            return; // a field was left as it was: what a save has said stays
        }
        errand.current = null; // another content is another intention
        values.current.confirmed = undefined;
        draft.touch();
        set({ errors: {}, problem: null });
        lookUp();
        lookAgain();
    };
    const save = async () => {
        if (state.busy || state.done !== null) {
            return;
        }
        const all = fields();
        checked.current = JSON.stringify(values.current);
        const errors = findErrors(all, values.current);
        if (Object.keys(errors).length > 0) {
            set({ errors });
            goToError(errors);
            return;
        }
        const shown = { ...shownValues(all, values.current),
            confirmed: values.current.confirmed };
        const found = known.current?.id ? known.current : null;
        errand.current ??= new Errand(steps(shown, found));
        set({ busy: true, problem: null, errors: {} });
        try {
            const done = await errand.current.run();
            await draft.end().catch(() => {});
            if (!isOwnPeople(shown)) {
                countField(shown.field);
            }
            if (shown.source) {
                sessionStorage.setItem(HABIT, shown.source);
            }
            set({ busy: false, done });
        } catch (problem) {
            if (problem.outcome !== 'unknown' && !problem.begun) {
                errand.current = null;
            }
            if (problem.code === 'perhaps_personal_data' && !problem.begun) {
                problem.sure = () => {
                    values.current.confirmed = true;
                    errand.current = null;
                };
            }
            await draft.flush().catch(() => {});
            set({ busy: false, problem });
        }
    };
    const leave = async () => {
        await draft.flush().catch(() => {});
        go();
    };
    const drop = async () => {
        await draft.end().catch(() => {});
        go();
    };
    const next = () => {
        errand.current = null;
        known.current = null;
        again.current = null;
        values.current = null;
        setState((old) => ({ ready: false, busy: false, problem: null, errors: {}, done: null,
            round: old.round + 1, looked: null, again: null }));
    };
    const refused = state.ready ? problemAt(state.problem, fields(), ROWS) : {};
    useEffect(() => goToError(refused), [state.problem]);
    useKeys({ 'Ctrl+Enter': save, F9: save }, [state.busy, state.done, state.ready]);
    if (!state.ready) {
        return null;
    }
    if (state.done !== null) {
        return html`<${Sheet} title=${title}><${Saved} done=${state.done} known=${known.current}
            values=${values.current} onNext=${next}
            next=${name === 'petition' ? 'next_petition' : 'next_form'} /></${Sheet}>`;
    }
    const rows = fields().map((f) => (f.id === 'summary' && values.current.field
        ? { ...f, note: t('f_summary_own', { text: ownSummary(values.current) }) } : f));
    return html`<${Sheet} title=${title} onBack=${leave}>
        ${state.kept && html`<p class="note">${t('draft_opened')}${' '}
            <button type="button" onClick=${() => (state.sure ? drop() : set({ sure: true }))}>${state.sure
        ? t('press_again', { what: t('draft_drop') }) : t('draft_drop')}</button></p>`}
        <p class="quiet small"><span class="here">${t('here')}</span> ${t('here_only')}</p>
        <form class="fields" noValidate onSubmit=${(e) => {
        e.preventDefault();
        save();
    }} onInput=${draft.touch} key=${state.round}>
            <${Fields} fields=${rows} values=${values.current} errors=${{ ...refused, ...state.errors }}
                onChange=${changed} />
            <${Known} known=${known.current} /><${Again} item=${state.again} />
            ${state.problem?.begun && html`<p class="note">${t('errand_begun')}</p>`}
            <${Trouble} problem=${state.problem} />
            <div class="buttons">
                <button class="main" disabled=${state.busy}>${t('save')} <kbd>Ctrl+Enter</kbd></button>
                <button type="button" onClick=${leave}>${t('later')} <kbd>Esc</kbd></button>
                <span class="quiet small">${t(draftsLast() ? 'draft_keeps' : 'draft_page_only')}</span>
            </div>
        </form></${Sheet}>`;
}

export function Visit({ session }) {
    return html`<${Form} session=${session} name="visit" title=${t('visit')} fields=${visitFields}
        start=${() => ({ form: 'regular', people: '1', notify: 'collect', letter: 'letter_none' })}
        steps=${visitSteps} />`;
}

export function Petition({ session }) {
    return html`<${Form} session=${session} name="petition" title=${t('petition')}
        fields=${petitionFields} start=${() => ({ source: habit(), received: 'h',
        notify: 'collect', fit: 'fit_unseen', power: 'power_unclear', copies: 'no',
        arose: session.office.kind === 'commune' ? session.office.name : '' })}
        steps=${petitionSteps} />`;
}
