// "Theo dõi chỉ đạo": of each directive who has not got it, not received it, not
// ended it; and the tasks of conclusions that are not done.
import { html, useState } from '/web/vendor/preact-htm.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { caseNumber, DueIn, heldBy } from '/web/lib/cases.js';
import { daysTo, showDate, showTime } from '/web/lib/dates.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { PaperFoot, PaperHead, PaperTools } from '/web/lib/paper.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { compareNames } from '/web/lib/text.js';
import { Term, t, term } from '/web/lib/words.js';

const MOST = 2000;
const NAMES = 12; // of one directive in sight
const TO_MAX = 200;
/* The farthest that an addressee has not come to. */
export const BEHIND = {
    not_arrived: (to) => to.status === null,
    not_received: (to) => to.status === '01',
    not_ended: (to) => ['03', '04', '05'].includes(to.status),
};
const byDue = (a, b) => ((a.due_on ?? '9') < (b.due_on ?? '9') ? -1 : 1);
const names = (targets) => targets.map((to) => officeName(to.office)).sort(compareNames);

function Who({ targets }) {
    const [all, setAll] = useState(false);
    const list = names(targets);
    const shown = all ? list : list.slice(0, NAMES);
    return html`${shown.join(' · ')} ${list.length > shown.length && html`<button type="button"
        class="plain slim" onClick=${() => setAll(true)}>${t('and_more', {
        n: list.length - shown.length })}</button>`}`;
}

function Directive({ item, writes }) {
    const behind = item.to.filter((to) => Object.values(BEHIND).some((is) => is(to)));
    const ids = behind.map((to) => to.office).slice(0, TO_MAX).join(',');
    return html`<section class="panel track"><h2><a href=${link('directive', item.id)}>${item.doc_no}</a>
        <span class="quiet small">${showTime(item.issued_at)}</span>
        ${item.due_on && html`<${DueIn} day=${item.due_on} />`}
        ${writes && behind.length > 0 && html`<a class="button slim urge"
            href=${link('urge', ids)}>${t('urge_n', { n: Math.min(behind.length, TO_MAX) })}</a>`}</h2>
        <p class="bar-of" role="img" aria-label=${t('track_done', { n: item.progress.done,
        all: item.to.length })}><progress max=${item.to.length} value=${item.progress.done}></progress>
            <span> ${t('track_done', { n: item.progress.done, all: item.to.length })}</span></p>
        <dl class="facts">${Object.entries(BEHIND).map(([name, is]) => {
        const those = item.to.filter(is);
        return those.length > 0 && html`<dt key=${name}>${t(`track_${name}`)} <span
            class="count">${those.length}</span></dt><dd><${Who} targets=${those} /></dd>`;
    })}</dl></section>`;
}

const heads = ['doc_no', 'due', 'unit', 'person_state', 'track_since'];
const rowsOf = (items) => [heads.map((h) => t(h)), ...items.flatMap((d) => d.to.map((to) => [d.doc_no,
    d.due_on ? showDate(d.due_on, { weekday: false }) : '', officeName(to.office),
    to.status ? term('directive_codes', to.status) : t('not_arrived'), showTime(to.at)]))];

export function Track({ session }) {
    const { data, error } = useWatch(async () => learnNames(await getAll('/directives',
        { open: true }, MOST)), ['directive'], [session.office.id]);
    const writes = session.person.roles.some((r) => ['coordinator', 'leader'].includes(r));
    const items = (data?.items ?? []).filter((d) => !d.voided && d.issuer === session.office.id)
        .sort(byDue);
    return html`<${Sheet} title=${t('track')} wide>
        <${PaperHead} office=${session.office.name} title="THEO DÕI THỰC HIỆN CHỈ ĐẠO" />
        <div class="buttons">${writes && session.faces.includes('centre') && html`<a class="button"
            href=${`/centre${link('issue')}`}>${t('issue')}</a>`}
            <${PaperTools} what="directives" rows=${() => rowsOf(items)} /></div>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('track_none')}</p>`
            : items.map((item) => html`<${Directive} key=${item.id} item=${item} writes=${writes} />`)}
        <${PaperFoot} /></${Sheet}>`;
}

export function Tasks({ session }) {
    const self = session.office.id;
    const { data, error } = useWatch(async () => learnNames(await getAll('/cases', { tasks: true },
        MOST)), ['case'], [self]);
    const items = (data?.items ?? []).filter((c) => !c.voided)
        .sort((a, b) => (a.task_by < b.task_by ? -1 : 1));
    const heads2 = ['col_number', 'col_holder', 'f_field', 'tasks_owed', 'due'];
    const cells = (c) => [caseNumber(c), heldBy(c), Term('fields', c.field),
        c.tasks_owed, showDate(c.task_by, { weekday: false })];
    return html`<${Sheet} title=${t('tasks')} wide>
        <${PaperHead} office=${session.office.name} title="NHIỆM VỤ THEO KẾT LUẬN CHƯA XONG" />
        <p class="quiet">${t('tasks_lead')}</p>
        <div class="buttons"><${PaperTools} what="tasks" rows=${() => [heads2.map((h) => t(h)),
        ...items.map(cells)]} /></div>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('tasks_none')}</p>`
            : html`<ul class="rows">${items.slice(0, 300).map((c) => html`<li key=${c.id}
                class=${daysTo(c.task_by) < 0 ? 'worse' : ''}><a href=${link('case', c.id)}>
                <b>${caseNumber(c)}</b> <span>${heldBy(c)}</span>
                <span class="quiet">${t('tasks_n', { n: c.tasks_owed })}</span>
                <${DueIn} day=${c.task_by} /></a></li>`)}</ul>`}
        <${PaperFoot} /></${Sheet}>`;
}
