// The lists that are one click away, and what is known of one unit.
import { html, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { caseDay, CaseDue, caseNumber, DueIn, dueOf, heldBy } from '/web/lib/cases.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { showAge, showDate, showTime } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { band, learnNames, officeName, placeWord } from '/web/lib/office.js';
import { PaperFoot, PaperHead, PaperTools, useOnPaper } from '/web/lib/paper.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { remedyInWords } from '/web/lib/told.js';
import { Term, t, term } from '/web/lib/words.js';
import { Daily, OnDuty } from '/web/centre/units.js';

const PAGE = 100;
/* Terms whose end is that a citizen has been told something. */
const NOTICES = /^(KN-0[257]|KN-10|TC-0[138]|REC-01|KNPA-)/;

const cases = (args, keep = () => true) => async () => {
    const found = learnNames(await getAll('/cases', args, 3000));
    return { ...found, items: found.items.filter((c) => !c.voided && keep(c)) };
};
const byDue = (a, b) => (dueOf(a) < dueOf(b) ? -1 : 1);

/** Each list: what it loads, in which order, what a row is. */
export const LISTS = {
    overdue: { load: cases({ open: true, overdue: true }), order: byDue, kind: 'case' },
    due_soon: { load: cases({ open: true, due_soon: true }), order: byDue, kind: 'case' },
    offered: { load: cases({ open: true }, (c) => c.offered_to.length > 0), order: byDue,
        kind: 'case' },
    contested: { load: cases({ open: true }, (c) => c.contested), order: byDue, kind: 'case' },
    untold: { load: cases({ open: true, overdue: true }, (c) => NOTICES.test(c.due_rule ?? '')),
        order: byDue, kind: 'case' },
    moved: { load: cases({ open: true, about: 'moved' }), order: (a, b) => b.moves - a.moves,
        kind: 'case' },
    late_extension: { load: cases({ open: true, about: 'late_extension' }), order: byDue, kind: 'case' },
    late_entry: { load: cases({ about: 'late_entry' }), order: (a, b) => (a.entered_on > b.entered_on
        ? -1 : 1), kind: 'entry' },
    unenforced: { load: cases({ open: true, about: 'unenforced' }), order: (a, b) => (a.decided_on
        < b.decided_on ? -1 : 1), kind: 'decided' },
    backlog: { load: cases({ open: true, reviewed: true }), order: (a, b) => (a.review_by < b.review_by
        ? -1 : 1), kind: 'review' },
    passed_on: { load: cases({ open: true, owed: true }), order: byDue, kind: 'case' },
    silent: { load: async () => {
        const found = await getAll('/offices', {}, 4000);
        return { ...found, items: found.items.filter((u) => ['silent', 'withheld'].includes(u.link)) };
    }, order: (a, b) => ((a.since ?? '') < (b.since ?? '') ? -1 : 1), kind: 'unit' },
    directives: { load: async () => learnNames(await getAll('/directives', { open: true }, 1000)),
        order: (a, b) => ((a.due_on ?? '9') < (b.due_on ?? '9') ? -1 : 1), kind: 'directive' },
    incidents: { load: async () => learnNames(await getAll('/incidents', { open: true }, 1000)),
        order: (a, b) => (a.raised_at < b.raised_at ? -1 : 1), kind: 'incident' },
};

/* Why, asked for when somebody wants to know. */
function Why({ id, roles }) {
    const [text, setText] = useState(null);
    const ask = async () => {
        try {
            const told = await get(`/explain/${idPath(id)}`);
            setText(`${told.text} ${remedyInWords(told, roles) ?? ''}`);
        } catch (problem) {
            setText(problem.message);
        }
    };
    return text === null ? html`<button type="button" class="plain" onClick=${ask}>${t('why')}
        </button>` : html`<span class="quiet">${text}</span>`;
}

function Row({ item, kind, roles }) {
    switch (kind) {
    case 'unit':
        return html`<td><a href=${link('unit', item.id)}>${item.name}</a></td>
            <td>${officeName(item.parent)}</td><td>${t(`link_${item.link}`)}
            ${' '}${t('since', { time: showTime(item.since) })}</td><td>${showTime(item.last_event_at)}</td>
            <td><${Why} id=${item.id} roles=${roles} /></td>`;
    case 'directive':
        return html`<td><a href=${link('directive', item.id)}>${item.doc_no}</a>
            ${item.urgent && html` <b class="urgent">${t('urgent_mark')}</b>`}</td>
            <td>${officeName(item.issuer)}</td><td>${item.to.map((to) => html`<span class="reached"
                key=${to.office}>${officeName(to.office)}: ${to.status
        ? term('directive_codes', to.status) : t('not_arrived')}</span>`)}</td>
            <td>${item.due_on && html`<${DueIn} day=${item.due_on} />`}</td>
            <td><${Why} id=${item.id} roles=${roles} /></td>`;
    case 'incident':
        return html`<td><a href=${link('incident', item.id)}>${showTime(item.raised_at)}</a></td>
            <td>${officeName(item.origin)}</td><td>${placeWord(item.place)} · ${Term('fields', item.field)}</td>
            <td>${band(item.people)}</td><td>${item.taken_at ? t('reach_taken', { name:
            officeName(item.taken_by), time: showTime(item.taken_at) })
        : html`<span class="due late">${t('incident_untaken')}</span>`}</td>`;
    case 'entry':
    case 'decided':
    case 'review':
        return html`<td><a href=${link('case', item.id)}>${caseNumber(item)}</a></td>
            <td>${heldBy(item)}</td><td>${Term('fields', item.field)}</td>
            <td>${kind === 'review' ? html`<${DueIn} day=${item.review_by} />` : caseDay(item, kind === 'entry'
        ? 'opened' : 'decided')}</td>
            <td>${kind === 'entry' ? showDate(item.entered_on, { weekday: false })
        : html`<${Why} id=${item.id} roles=${roles} />`}</td>`;
    default:
        return html`<td><a href=${link('case', item.id)}>${caseNumber(item)}</a></td>
            <td>${heldBy(item)}</td><td>${Term('fields', item.field)} ·
            <span class="quiet"> ${term('rules', item.due_rule)}</span></td>
            <td><${CaseDue} item=${item} /></td>
            <td><${Why} id=${item.id} roles=${roles} /></td>`;
    }
}

/* The same as texts, for a file. */
function texts(item, kind) {
    const day = (d) => (d ? showDate(d, { weekday: false }) : '');
    switch (kind) {
    case 'unit':
        return [item.name, officeName(item.parent), t(`link_${item.link}`), showTime(item.since),
            showTime(item.last_event_at)];
    case 'directive':
        return [item.doc_no, officeName(item.issuer), item.to.map((to) => `${officeName(to.office)}: ${
            to.status ? term('directive_codes', to.status) : t('not_arrived')}`).join('; '), day(item.due_on), ''];
    case 'incident':
        return [showTime(item.raised_at), officeName(item.origin), placeWord(item.place), band(item.people),
            item.taken_at ? officeName(item.taken_by) : t('incident_untaken')];
    default:
        return [caseNumber(item), heldBy(item), Term('fields', item.field),
            { entry: () => caseDay(item, 'opened'), decided: () => caseDay(item, 'decided'),
                review: () => day(item.review_by) }[kind]?.() ?? caseDay(item, 'due'), kind === 'entry' ? day(item.entered_on) : term('rules', item.due_rule)];
    }
}

const HEADS = {
    entry: ['col_number', 'col_holder', 'f_field', 'opened_on', 'col_entered'],
    decided: ['col_number', 'col_holder', 'f_field', 'col_decided', 'why'],
    review: ['col_number', 'col_holder', 'f_field', 'col_review', 'why'],
    case: ['col_number', 'col_holder', 'f_field', 'due', 'why'],
    unit: ['unit', 'col_above', 'col_link', 'col_last', 'why'],
    directive: ['doc_no', 'directive_from', 'directive_to', 'due', 'why'],
    incident: ['crowd_since', 'unit', 'crowd_where', 'crowd_many', 'taken'],
};

function List({ items, kind, roles }) {
    const [first, setShown] = useState(PAGE);
    const shown = useOnPaper() ? items.length : first;
    return items.length === 0 ? html`<p class="empty">${t('list_empty')}</p>`
        : html`<div class="scroll-x" tabindex="0" role="region" aria-label=${t('table')}><table class="list"><thead><tr>${HEADS[kind].map((h) => html`
            <th scope="col" key=${h}>${t(h)}</th>`)}</tr></thead>
            <tbody>${items.slice(0, shown).map((item) => html`<tr key=${item.id}><${Row}
                item=${item} kind=${kind} roles=${roles} /></tr>`)}</tbody></table></div>
            ${items.length > shown && html`<button type="button" onClick=${() => setShown(first
        + PAGE)}>${t('and_more', { n: items.length - shown })}</button>`}`;
}

export function CaseList({ session, name }) {
    const list = LISTS[name];
    const what = { unit: '*', directive: 'directive', incident: 'incident' }[list.kind] ?? 'case';
    const { data, error } = useWatch(list.load, [what], [name]);
    const rows = () => [HEADS[list.kind].map((h) => t(h)), ...[...data.items].sort(list.order)
        .map((item) => texts(item, list.kind))];
    return html`<${Sheet} title=${t(`list_${name}`)} wide>
        <${PaperHead} office=${session.office.name} title=${t(`list_${name}`)} />
        ${data !== null && html`<div class="buttons"><${PaperTools} what=${name} rows=${rows} /></div>`}
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : html`<p class="quiet">${t('list_n', { n: data.items.length })}${data.more
            ? ` ${t('list_cut')}` : ''}</p>
            <${List} items=${[...data.items].sort(list.order)} kind=${list.kind}
                roles=${session.person.roles} />`}
        <${PaperFoot} /></${Sheet}>`;
}


/** One unit: why it is silent or late, what it holds, what can be done. */
export function UnitSheet({ session, id, units }) {
    const unit = units?.find((u) => u.id === id);
    const { data: why } = useWatch(async () => learnNames(await get(`/explain/${idPath(id)}`)),
        ['*'], [id]);
    const { data: late, error } = useWatch(cases({ open: true, office: id, overdue: true }),
        ['case'], [id]);
    const [state, act] = useAct();
    const writes = !session.person.roles.every((r) => r === 'inspector' || r === 'operator');
    const takeUp = (item) => act(`/cases/${idPath(item.id)}/take-over`, {});
    // That nothing hinders it is not all: there may be a crowd before its door.
    const calm = unit && !unit.incidents_open && !unit.overdue;
    return html`<${Sheet} title=${officeName(id)}>
        ${unit?.incidents_open > 0 && html`<p class="where bad"><a href=${link('incidents')}>${t(
        unit.incidents_untaken > 0 ? 'unit_crowd_untaken' : 'unit_crowd', { n: unit.incidents_open })}</a></p>`}
        ${why && html`<p class="where">${why.text}</p>${why.remedy && (calm || why.code !== 'moving')
            && html`<p>${remedyInWords(why, session.person.roles)}</p>`}
            ${(why.tried ?? []).length > 0 && html`<ul>${why.tried.map((x) => html`<li>
                ${showTime(x.at)} ${x.what}: ${x.result}</li>`)}</ul>`}`}
        ${unit && html`<dl class="facts">
            <dt>${t('col_link')}</dt><dd>${t(`link_${unit.link}`)} ${unit.since
        && t('since', { time: showTime(unit.since) })}</dd>
            <dt>${t('col_last')}</dt><dd>${unit.last_event_at && html`${showTime(unit.last_event_at)} ·
                ${' '}${t('news_age', { age: showAge(unit.last_event_at) })}`}</dd>
            <dt>${t('cases_open')}</dt><dd>${unit.open}</dd>
            <dt>${t('col_late')}</dt><dd>${unit.overdue}</dd>
            <dt>${t('col_unread')}</dt><dd>${unit.directives_unanswered}</dd>
            <dt>${t('col_daily')}</dt><dd>${unit.daily_status ? html`<${Daily} of=${unit.daily_status} />`
        : t('daily_none')}</dd>
            <dt>${t('duty')}</dt><dd><${OnDuty} of=${unit.on_duty} /></dd></dl>`}
        ${writes && html`<div class="buttons"><a class="button" href=${link('urge', id)}>
            ${t('urge')}</a><a class="button" href=${link('issue', id)}>${t('issue')}</a>
            ${id !== session.office.id && html`<a class="button" href=${link('instead', id)}>
                ${t('instead')}</a>`}</div>`}
        <h2>${t('list_overdue')}</h2>
        <${Trouble} problem=${state.problem} />
        ${late === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : late.items.length === 0 ? html`<p class="empty">${t('list_empty')}</p>`
            : html`<ul class="rows">${late.items.sort(byDue).slice(0, PAGE).map((item) => html`
                <li key=${item.id} class="with-act"><a href=${link('case', item.id)}>
                    <b>${caseNumber(item)}</b> <span>${Term('fields', item.field)}</span>
                    <${CaseDue} item=${item} /></a>
                    ${writes && html`<button type="button" class="slim" disabled=${state.busy}
                        onClick=${() => takeUp(item)}>${t('take_up')}</button>`}</li>`)}</ul>`}
    </${Sheet}>`;
}

