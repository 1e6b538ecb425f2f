// "Báo cáo nhanh": what happened in some days, on one page that prints.
import { html } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { useWatch } from '/web/lib/data.js';
import { showDate, today } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { PaperFoot, PaperHead, PaperTools } from '/web/lib/paper.js';
import { Sheet } from '/web/lib/sheet.js';
import { t } from '/web/lib/words.js';

const ROWS = {
    crowds: ['raised', 'people', 'ended', 'going_on', 'untaken'],
    cases: ['complaints', 'recommendations', 'feedback', 'closed', 'open', 'overdue'],
    directives: ['issued', 'not_received', 'not_ended'],
    requests: ['sent', 'owed', 'overdue'],
};

/** [[group, row, figure]] of a summary, as it is printed. */
export const figures = (item) => Object.entries(ROWS).flatMap(([group, names]) => names
    .filter((name) => item[group]?.[name] !== undefined)
    .map((name) => [t(`sum_${group}`), t(`sum_${group}_${name}`), item[group][name]]));

function Period({ period }) {
    return html`<h2>${period.name}</h2>
        <p>${t('sum_words', { said: period.said, wanted: period.wanted, nothing: period.nothing,
        receptions: period.receptions })}</p>
        ${period.missing.length > 0 && html`<p><b>${t('period_missed')}:</b> ${period.missing.map((m) =>
        `${officeName(m.office)} (${m.days})`).join(' · ')}</p>`}
        <ul class="rows">${period.words.map((w) => html`<li key=${w.office + w.day}>
            <b>${officeName(w.office)}</b> <span class="quiet">${showDate(w.day)}</span>
            <p class="said">${w.text}</p></li>`)}</ul>`;
}

export function Summary({ session, id }) {
    const args = id ? { period: id } : { date: today() };
    const { data, error } = useWatch(async () => learnNames(await get('/summary', args)),
        ['period', 'case'], [id], 30000);
    if (data === null) {
        return html`<${Sheet} title=${t('summary')}><p class="empty">${t('loading')}</p>
            <${Trouble} problem=${error} /></${Sheet}>`;
    }
    const days = data.from === data.until ? showDate(data.from)
        : `${showDate(data.from, { weekday: false })} – ${showDate(data.until, { weekday: false })}`;
    const rows = figures(data);
    return html`<${Sheet} title=${`${t('summary')} ${days}`}>
        <${PaperHead} office=${session.office.name} title=${`BÁO CÁO NHANH ${days}`} />
        <div class="buttons"><${PaperTools} what="summary" rows=${() => [['', '', days], ...rows]} /></div>
        <table class="list figures"><tbody>${rows.map(([group, name, n], i) => html`<tr key=${group + name}>
            <th scope="row">${rows[i - 1]?.[0] === group ? '' : group}</th><td>${name}</td>
            <td class="n">${n}</td></tr>`)}</tbody></table>
        ${data.period && html`<${Period} period=${data.period} />`}
        <${PaperFoot} /></${Sheet}>`;
}
