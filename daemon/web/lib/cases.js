// How a case is named and its day is shown, everywhere alike.
import { html } from '/web/vendor/preact-htm.js';
import { daysTo, shortDate, showDate } from '/web/lib/dates.js';
import { t } from '/web/lib/words.js';

/** The name of a case that may be shown to a queue: its number or its code. */
export const caseNumber = (item) => item.number ?? item.receipt_code ?? item.id.slice(-8);

export function DueIn({ day }) {
    const days = daysTo(day);
    const text = days < 0 ? t('due_late', { n: -days }) : days === 0 ? t('due_today')
        : t('due_in', { n: days });
    return html`<span class=${`due${days < 0 ? ' late' : days === 0 ? ' now' : ''}`}
        title=${showDate(day)}>${shortDate(day)} · ${text}</span>`;
}
