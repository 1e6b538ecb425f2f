// "Lịch trực, bàn giao ca": the shifts of some days, who stands in for whom, and
// what is handed over.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { getAll, useNow, useWatch } from '/web/lib/data.js';
import { addDays, showDate, showTime, today } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { PaperFoot, PaperHead, PaperTools } from '/web/lib/paper.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t } from '/web/lib/words.js';

const DAYS_BACK = 7;
const MOST = 2000;
const writes = (session) => session.person.roles.some((r) => r !== 'inspector' && r !== 'operator');
const clock = (moment) => new Date(Date.parse(moment) + 7 * 36e5).toISOString().slice(11, 16);
const dayOf = (moment) => today(Date.parse(moment));

/** [[day, shifts]], the earliest day first. */
export function byDay(shifts) {
    const days = new Map();
    for (const s of [...shifts].sort((a, b) => (a.from < b.from ? -1 : 1))) {
        const day = dayOf(s.from);
        days.set(day, [...(days.get(day) ?? []), s]);
    }
    return [...days.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
}

function Swap({ item, onDone, onClose }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const path = `/shifts/${idPath(item.id)}/swap`;
    const fields = [
        { id: 'name', label: t('shift_instead'), kind: 'text', max: 100, required: true,
            note: t('shift_staff') },
        { id: 'phone', label: t('shift_phone'), kind: 'text', max: 40, required: true }];
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(fields, v);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(path, { name: v.name.trim(), phone: v.phone.trim() });
    };
    return html`<form class="fields" noValidate onSubmit=${send}><h2>${t('shift_swap')}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('save')}</button>
            <button type="button" disabled=${state.busy} onClick=${() => act(path, { absent: true })}>
                ${t('shift_absent')}</button>
            <button type="button" onClick=${onClose}>${t('cancel')}</button></div></form>`;
}

function HandOver({ item, shifts, onDone, onClose }) {
    const values = useRef({});
    const [state, act] = useAct(onDone);
    const next = shifts.filter((s) => s.office === item.office && s.id !== item.id && !s.voided
        && s.person && s.until > item.until && s.state !== 'handed_over').slice(0, 9);
    const fields = [
        { id: 'text', label: t('shift_says'), kind: 'area', rows: 3, max: 1000, note: t('shift_says_note') },
        { id: 'next', label: t('shift_next'), kind: 'choice', when: () => next.length > 0,
            options: next.map((s) => ({ word: s.id, label: `${s.person} ${showTime(s.from)}` })) }];
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        act(`/shifts/${idPath(item.id)}/hand-over`, { ...(v.text?.trim()
            ? { text: v.text.trim() } : {}), ...(v.next ? { next: v.next } : {}) });
    };
    return html`<form class="fields" noValidate onSubmit=${send}><h2>${t('shift_hand_over')}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${{}} onChange=${() => {}} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('shift_hand_over')}</button>
            <button type="button" onClick=${onClose}>${t('cancel')}</button></div></form>`;
}

export function ShiftSheet({ session, id }) {
    const { data: item, error, reload } = useWatch(async () => learnNames(
        await get(`/shifts/${idPath(id)}`)), ['shift'], [id]);
    const { data: all } = useWatch(async () => get('/shifts', { limit: 1000,
        since: addDays(today(), -1) }), ['shift'], [id]);
    const [open, setOpen] = useState(null);
    if (item === null) {
        return html`<${Sheet} title=${t('shift')} onBack=${() => go('shifts')}><p class="empty">${error
            ? error.message : t('loading')}</p></${Sheet}>`;
    }
    const own = item.office === session.office.id && writes(session) && !item.voided;
    const done = () => {
        setOpen(null);
        reload();
    };
    const close = () => setOpen(null);
    const texts = (item.texts ?? []).filter((x) => x.kind === 'text' && x.state === 'here');
    return html`<${Sheet} title=${t('shift')} onBack=${() => go('shifts')}>
        <dl class="facts">
            <dt>${t('unit')}</dt><dd>${officeName(item.office)}</dd>
            <dt>${t('shift_day')}</dt><dd>${showDate(dayOf(item.from))} ${clock(item.from)}–${clock(item.until)}</dd>
            <dt>${t('shift_person')}</dt><dd>${Term('duties', item.duty)}: <b>${item.person
        ?? t('shift_is_absent')}</b> ${item.phone && html`<a href=${`tel:${item.phone}`}>${item.phone}</a>`}
                ${item.substitute && html` <span class="quiet">${t('shift_substitute')}</span>`}</dd>
            <dt>${t('person_state')}</dt><dd>${t(`shift_${item.state}`)}${item.handed_over_at
        && ` ${showTime(item.handed_over_at)}`}</dd>
            ${texts.map((x) => html`<dt key=${x.event}>${t('shift_says')}</dt><dd class="said">${x.text}</dd>`)}
        </dl>
        ${own && open === null && ['on', 'ahead', 'absent'].includes(item.state) && html`<div class="buttons">
            ${item.state !== 'absent' && html`<button type="button" class="main" onClick=${() => setOpen(
        'over')}>${t('shift_hand_over')}</button>`}
            <button type="button" onClick=${() => setOpen('swap')}>${t('shift_swap')}</button></div>`}
        ${open === 'swap' && html`<${Swap} item=${item} onDone=${done} onClose=${close} />`}
        ${open === 'over' && html`<${HandOver} item=${item} shifts=${all?.items ?? []} onDone=${done}
            onClose=${close} />`}</${Sheet}>`;
}

const columns = ['shift_day', 'shift_hours', 'unit', 'shift_kind', 'shift_person', 'shift_phone',
    'person_state'];
const cells = (s) => [showDate(dayOf(s.from)), `${clock(s.from)}–${clock(s.until)}`,
    officeName(s.office), Term('duties', s.duty), s.person ?? t('shift_is_absent'), s.phone ?? '',
    t(`shift_${s.state}`)];

/** This office's shifts, or (on a centre) those of the offices that are in sight. */
export function Shifts({ session }) {
    const now = useNow(60000);
    const self = session.office.id;
    const [others, setOthers] = useState(false);
    const { data, error } = useWatch(async () => learnNames(await getAll('/shifts',
        { since: addDays(today(), -DAYS_BACK) }, MOST)), ['shift'], [self], 5000);
    const items = (data?.items ?? []).filter((s) => !s.voided && (others || s.office === self));
    return html`<${Sheet} title=${t('shifts')} wide>
        <${PaperHead} office=${session.office.name} title="LỊCH TRỰC" />
        <div class="buttons">${writes(session) && html`<a class="button main" href=${link('shift')}>
            ${t('shift_add')}</a> <a class="button" href=${link('shifts-table')}>${t('roster_table')}</a>`}
            <label class="tick"><input type="checkbox" checked=${others}
                onChange=${(e) => setOthers(e.target.checked)} /> ${t('shifts_others')}</label>
            <${PaperTools} what="roster" rows=${() => [columns.map((c) => t(c)), ...byDay(items)
        .flatMap(([, shifts]) => shifts.map(cells))]} /></div>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('shift_none')}</p>`
            : byDay(items).map(([day, shifts]) => html`<section key=${day}><h2>${showDate(day)}
                ${day === today(now) && html` <span class="count">${t('due_today')}</span>`}</h2>
                <ul class="rows">${shifts.map((s) => html`<li key=${s.id}><a href=${link('duty', s.id)}>
                    <span class="num">${clock(s.from)}–${clock(s.until)}</span>
                    ${s.office !== self && html`<span class="quiet">${officeName(s.office)}</span>`}
                    <span class="quiet">${Term('duties', s.duty)}</span>
                    <b>${s.person ?? t('shift_is_absent')}</b> <span>${s.phone}</span>
                    <span class="due${s.state === 'on' ? ' now' : ''}">${t(`shift_${s.state}`)}</span>
                </a></li>`)}</ul></section>`)}
        <${PaperFoot} /></${Sheet}>`;
}
