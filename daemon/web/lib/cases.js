// How a case is named and its day is shown, everywhere alike.
import { html, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { daysTo, shortDate, showDate } from '/web/lib/dates.js';
import { officeName } from '/web/lib/office.js';
import { langNow, t, term } from '/web/lib/words.js';

/** The name of a case that may be shown to a queue: its number or its code. */
export const caseNumber = (item) => item.number ?? item.receipt_code ?? item.id.slice(-8);

/** Who wrote it: for whom it was entered, it is of another office. */
export const writerOf = (item) => item.entered_by ?? item.origin;

/** Whose work it is: the office's for which it was entered, until it moves. */
export const whoseCase = (item) => (item.entered_by && item.moves === 0 ? item.origin
    : item.custodian);

/** Who holds it; and for whom it was entered. */
export const heldBy = (item) => (item.entered_by ? t('held_instead', { name: officeName(item.custodian),
    unit: officeName(item.origin) }) : officeName(item.custodian));

export function DueIn({ day }) {
    const days = daysTo(day);
    const text = days < 0 ? t('due_late', { n: -days }) : days === 0 ? t('due_today')
        : t('due_in', { n: days });
    return html`<span class=${`due${days < 0 ? ' late' : days === 0 ? ' now' : ''}`}
        title=${showDate(day)}>${shortDate(day)} · ${text}</span>`;
}

/** 2026-03 -> 03/2026. */
export const showMonth = (month) => `${month.slice(5)}/${month.slice(0, 4)}`;

/** A day of a case, or the month alone where the day is for others to know. */
export function caseDay(item, name, shown = { weekday: false }) {
    const month = item[`${name}_month`];
    return item[`${name}_on`] ? showDate(item[`${name}_on`], shown) : month ? showMonth(month) : '';
}

/** By what lists of cases are ordered: the earliest day, or month, first. */
export const dueOf = (item) => item.due_on ?? item.due_month ?? '9';

/** When a case is due: the day with what is left, or the month. */
export function CaseDue({ item }) {
    if (item.due_on) {
        return html`<${DueIn} day=${item.due_on} />`;
    }
    return item.due_month ? html`<span class=${`due${item.overdue ? ' late' : ''}`}>${
        showMonth(item.due_month)}${item.overdue ? ` · ${t('sum_cases_overdue')}` : ''}</span>` : '';
}

/** Why a term ends when it does: the daemon's sentence, its rule in words. */
export const ruleInWords = (d) => d.why[langNow()].replaceAll(d.rule, `«${term('rules', d.rule)}»`)
    .replace(/ \([A-Z]\)/g, '');

/** "vì sao?" of a case in a list, and below it why that day; asked for when somebody
 * wants to know. Stands in a row that wraps. */
export function WhyDue({ item }) {
    const [said, setSaid] = useState(null);
    const [open, setOpen] = useState(false);
    const ask = async () => {
        setOpen(!open);
        if (open) {
            return;
        }
        try {
            const told = await get(`/explain/${idPath(item.id)}`);
            const due = (told.deadlines ?? []).find((d) => d.rule === item.due_rule && d.why);
            setSaid(due ? ruleInWords(due) : told.text);
        } catch (problem) {
            setSaid(problem.message);
        }
    };
    return html`<button type="button" class="plain slim" aria-expanded=${open}
        aria-label=${`${caseNumber(item)}: ${t('why')}`} onClick=${ask}>${t('why')}</button>
        ${open && html`<p class="why quiet" role="status">${said ?? t('loading')}</p>`}`;
}
