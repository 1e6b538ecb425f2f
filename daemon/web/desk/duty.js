// Who is on duty today, here and above; and a shift, written down.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { useNow, useWatch } from '/web/lib/data.js';
import { parseClock, parseDate, showTime, today } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { dutyPhone, keepDutyPhone } from '/web/lib/reach.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, terms } from '/web/lib/words.js';

const DAY_MS = 86400000;

/** Shifts that run now or begin today, the earliest first. */
export function shiftsOfToday(items, now) {
    const end = Date.parse(`${today(now)}T00:00:00+07:00`) + DAY_MS;
    return items.filter((s) => !s.voided && s.person && Date.parse(s.until) > now
        && Date.parse(s.from) < end).sort((a, b) => (a.from < b.from ? -1 : 1));
}

const clock = (at) => showTime(at).slice(-5);

function Shift({ item, office }) {
    return html`<li>${office && html`<span class="quiet">${officeName(item.office)}: </span>`}
        <span class="quiet">${Term('duties', item.duty)}</span> <b>${item.person}</b>
        <a href=${`tel:${item.phone}`}>${item.phone}</a>
        <span class="quiet"> ${clock(item.from)}–${clock(item.until)}</span></li>`;
}

const PHONE = /^\+?\d[\d .()-]{2,18}$/;

/* Where the office above keeps no roster here, its number is kept by hand. */
function PhoneByHand() {
    const [kept, setKept] = useState(dutyPhone());
    const [editing, setEditing] = useState(false);
    const [refused, setRefused] = useState(false);
    const save = (event) => {
        event.preventDefault();
        const number = new FormData(event.target).get('phone').trim();
        const wrong = number !== '' && !PHONE.test(number);
        setRefused(wrong);
        if (wrong) {
            event.target.querySelector('input').focus();
            return;
        }
        keepDutyPhone(number);
        setKept(number);
        setEditing(false);
    };
    return editing ? html`<form class="inline" onSubmit=${save}>
            <label class="label" for="duty">${t('duty_phone')}</label>
            <input id="duty" name="phone" inputmode="tel" maxlength="20" autocomplete="off"
                defaultValue=${kept} aria-invalid=${refused} aria-describedby="duty-said" />
            <button class="main">${t('save')}</button>
            <span id="duty-said" class="error" role="alert">${refused && t('duty_phone_wrong')}</span></form>`
        : html`<p>${kept ? html`${t('duty_phone')}: <b>${kept}</b>` : t('duty_none')}
            ${' '}<button type="button" onClick=${() => setEditing(true)}>${t(
        kept ? 'edit' : 'duty_write')}</button></p>`;
}

export function Duty({ session }) {
    const now = useNow(60000);
    const self = session.office.id;
    const { data } = useWatch(async () => learnNames(await get('/shifts', { open: true, limit: 200 })),
        ['shift'], [self], 5000);
    const shifts = shiftsOfToday(data?.items ?? [], now);
    const own = shifts.filter((s) => s.office === self);
    const above = shifts.filter((s) => s.office === session.office.parent);
    return html`<section class="panel" aria-labelledby="p-duty">
        <h2 id="p-duty">${t('duty')}<a href=${link('shifts')}>${t('shifts')}</a></h2>
        ${own.length > 0 && html`<ul class="duty">${own.map((s) => html`<${Shift} key=${s.id}
            item=${s} />`)}</ul>`}
        ${shifts.length === 0 && !session.office.parent && html`<p class="empty">${t('shift_none')}</p>`}
        ${above.length > 0 ? html`<ul class="duty">${above.map((s) => html`<${Shift} key=${s.id}
            item=${s} office />`)}</ul>` : session.office.parent && html`<${PhoneByHand} />`}
    </section>`;
}

const clockField = (id, label) => ({ id, label, kind: 'text', max: 5, required: true,
    note: t('clock_hint'), check: (v) => (parseClock(v) === null ? t('clock_hint') : null) });

/** One shift. */
export function ShiftForm() {
    const values = useRef({ date: 'h', at: '7:30', end: '17:00' });
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(() => go());
    const fields = [
        { id: 'date', label: t('shift_day'), kind: 'date', required: true, max: 12,
            note: t('date_hint') },
        clockField('at', t('shift_from')), clockField('end', t('shift_until')),
        { id: 'kind', label: t('shift_kind'), kind: 'choice', required: true,
            options: terms('duties') },
        { id: 'name', label: t('shift_person'), kind: 'text', max: 100, required: true,
            note: t('shift_staff') },
        { id: 'phone', label: t('shift_phone'), kind: 'text', max: 40, required: true },
    ];
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(fields, v);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act('/shifts', { date: parseDate(v.date), at: parseClock(v.at), end: parseClock(v.end),
            kind: v.kind, name: v.name.trim(), phone: v.phone.trim() });
    };
    return html`<${Sheet} title=${t('shift_add')}><form class="fields" noValidate onSubmit=${send}>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('save')}</button>
            <button type="button" onClick=${() => go()}>${t('cancel')}</button></div>
    </form></${Sheet}>`;
}
