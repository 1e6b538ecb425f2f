// One row a unit, worst first: by what offices do, never by how many people came.
import { html } from '/web/vendor/preact-htm.js';
import { showAge, showBriefly, showTime } from '/web/lib/dates.js';
import { officeName } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { compareNames } from '/web/lib/text.js';
import { t } from '/web/lib/words.js';

const SILENT = new Set(['silent', 'withheld']);
const ROWS = 400; // drawn at once: a province has 168 below it, the nation asks for parts

/** Its word of today is missing, and the hour has come. */
export const dailyLate = (unit) => Boolean(unit.daily_status?.due_at)
    && Date.parse(unit.daily_status.due_at) <= Date.now();

export const lateDays = (unit) => unit.late_days_most ?? 0;

/** How bad it is: untaken warnings, crowds that go on, silence, lateness, directives left
 * unread, a day's report that did not come. */
export function badness(unit) {
    return (unit.incidents_untaken > 0 ? 1e6 : 0) + (unit.incidents_open > 0 ? 2e5 : 0)
        + (SILENT.has(unit.link) ? 1e5 : 0)
        + (unit.overdue > 0 ? 1e3 + Math.min(lateDays(unit), 999) * 10 : 0)
        + Math.min(unit.directives_unanswered ?? 0, 99) * 5 + (dailyLate(unit) ? 4 : 0)
        + (unit.link === 'behind' ? 2 : 0)
        + (unit.due_soon > 0 ? 1 : 0);
}

export const byWorst = (a, b) => badness(b) - badness(a) || compareNames(a.name, b.name);

export const linkClass = (unit) => (SILENT.has(unit.link) ? 'bad' : unit.link === 'behind'
    ? 'warn' : unit.link === 'current' ? 'good' : 'unknown');

/* In a column that stays narrow; in full under the pointer and on the unit's own page. */
const When = ({ at }) => at && html`<span title=${showTime(at)}>${showBriefly(at)}</span>`;

/** Has it said its word of today: when, not yet, or nobody asks for one. */
export function Daily({ of }) {
    if (!of) {
        return html`<span title=${t('daily_none')}>·</span>`;
    }
    return of.said < of.asked ? `${t('daily_not')}${of.asked > 1 ? ` ${of.said}/${of.asked}` : ''}`
        : html`<b class="ok">✓</b> <${When} at=${of.said_at} />`;
}

/** Is somebody on duty there: the number to ring, and no name. */
export const OnDuty = ({ of }) => (!of ? html`<span class="quiet">${t('duty_nobody')}</span>`
    : of.phone ? html`<a href=${`tel:${of.phone}`}>${of.phone}</a>` : t('duty_no_number'));

function Row({ unit, picked, onPick, writes }) {
    const cell = (n, bad) => html`<td class=${`n${n > 0 && bad ? ' bad' : ''}`}>${n > 0 ? n : '·'}</td>`;
    return html`<tr class=${badness(unit) >= 1000 ? 'worse' : ''}>
        ${writes && html`<td><input type="checkbox" checked=${picked.has(unit.id)}
            aria-label=${t('pick_unit', { name: unit.name })}
            onChange=${(e) => onPick(unit.id, e.target.checked)} /></td>`}
        <th scope="row"><a href=${link('unit', unit.id)}>${unit.name}</a>
            <span class="quiet small"> ${officeName(unit.parent)}</span></th>
        <td><span class=${`link ${linkClass(unit)}`}>${t(`link_${unit.link}`)}</span>
            <span class="quiet small"> ${SILENT.has(unit.link) || !unit.last_event_at
        ? html`<${When} at=${unit.since} />` : t('news_age', { age: showAge(unit.last_event_at) })}</span></td>
        ${cell(unit.incidents_open, unit.incidents_untaken > 0)}
        <td class=${`n${unit.overdue > 0 ? ' bad' : ''}`}>${unit.overdue > 0
        ? html`${unit.overdue} <span class="small">(${t('days_n', { n: lateDays(unit) })})</span>`
        : '·'}</td>
        ${cell(unit.due_soon, false)}
        ${cell(unit.directives_unanswered, true)}
        <td class=${`n${dailyLate(unit) ? ' bad' : ''}`}><${Daily} of=${unit.daily_status} /></td>
        <td class="tel"><${OnDuty} of=${unit.on_duty} /></td>
        ${writes && html`<td class="act"><a class="button slim" href=${link('urge', unit.id)}
            aria-label=${t('urge_one', { name: unit.name })}>${t('urge')}</a></td>`}
    </tr>`;
}

export function UnitTable({ units, picked, onPick, writes, onOver }) {
    return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="p-units"
        onPointerEnter=${() => onOver(true)} onPointerLeave=${() => onOver(false)}>
        <table><thead><tr>${writes && html`<th><span class="hidden">${t('pick')}</span></th>`}
            <th scope="col">${t('unit')}</th><th scope="col">${t('col_link')}</th>
            ${['col_crowd', 'col_late', 'col_soon', 'col_unread', 'col_daily'].map((name) => html`<th
                scope="col" class="n" key=${name}>${t(name)}</th>`)}
            <th scope="col" class="tel">${t('duty')}</th>
            ${writes && html`<th class="act"><span class="hidden">${t('urge')}</span></th>`}</tr></thead>
        <tbody>${units.slice(0, ROWS).map((unit) => html`<${Row} key=${unit.id} unit=${unit}
            picked=${picked} onPick=${onPick} writes=${writes} />`)}</tbody></table>
        ${units.length > ROWS && html`<p class="quiet">${t('and_more',
        { n: units.length - ROWS })}</p>`}</div>`;
}
