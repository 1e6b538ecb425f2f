// Dates as people type and read them. A day is {y, m, d} or the wire's
// YYYY-MM-DD; the calendar is Hà Nội's (UTC+7), whatever the PC believes.
import { langNow, t } from '/web/lib/words.js';

const OFFSET_MS = 7 * 3600 * 1000;
const DAY_MS = 86400 * 1000;
const HALF_YEAR = 183; // days
const WEEKDAYS = {
    vi: ['Chủ nhật', 'thứ Hai', 'thứ Ba', 'thứ Tư', 'thứ Năm', 'thứ Sáu', 'thứ Bảy'],
    en: ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'],
};
const two = (n) => String(n).padStart(2, '0');

/** Today here, as the wire writes it. */
export function today(now = Date.now()) {
    return new Date(now + OFFSET_MS).toISOString().slice(0, 10);
}

function wire(y, m, d) {
    const at = new Date(Date.UTC(y, m - 1, d));
    const real = at.getUTCFullYear() === y && at.getUTCMonth() === m - 1 && at.getUTCDate() === d;
    return real ? `${y}-${two(m)}-${two(d)}` : null;
}

/** What was typed, as YYYY-MM-DD, or null: `h` today, `5/3`, `0503`, `050326`,
 * `05/03/2026`. Without a year: this year, or the last one when @past and the
 * day has not come yet. */
export function parseDate(typed, { past = false, now = Date.now() } = {}) {
    const text = typed.trim().toLowerCase();
    const base = today(now);
    let parts = /^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?$/.exec(text)
        ?? /^(\d{2})(\d{2})(\d{2}|\d{4})?$/.exec(text);
    if (text === 'h') {
        return base;
    }
    if (parts === null) {
        parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
        return parts === null ? null : wire(+parts[1], +parts[2], +parts[3]);
    }
    const thisYear = +base.slice(0, 4);
    if (parts[3] !== undefined) {
        return wire(+parts[3] + (parts[3].length === 2 ? 2000 : 0), +parts[2], +parts[1]);
    }
    const day = wire(thisYear, +parts[2], +parts[1]);
    // Without its year: what is over by then, or the nearest: 5/1 in December is next January.
    if (past) {
        return day !== null && day > base ? wire(thisYear - 1, +parts[2], +parts[1]) : day;
    }
    return day !== null && daysTo(day, now) < -HALF_YEAR ? wire(thisYear + 1, +parts[2], +parts[1]) : day;
}

/** 2026-03-05 -> 05/03/2026 (thứ Năm). */
export function showDate(day, { weekday = true } = {}) {
    if (!day) {
        return '';
    }
    const [y, m, d] = day.split('-');
    const name = WEEKDAYS[langNow()][new Date(`${day}T00:00:00Z`).getUTCDay()];
    return weekday ? `${d}/${m}/${y} (${name})` : `${d}/${m}/${y}`;
}

/** 2026-03-05 -> 05/03. */
export const shortDate = (day) => (day ? `${day.slice(8)}/${day.slice(5, 7)}` : '');

/** A moment of the wire, as a clock shows it here: 08:14, or 05/03 08:14 when it
 * was another day. */
export function showTime(moment, now = Date.now()) {
    if (!moment) {
        return '';
    }
    const at = new Date(Date.parse(moment) + OFFSET_MS).toISOString();
    const clock = at.slice(11, 16);
    return at.slice(0, 10) === today(now) ? clock : `${at.slice(8, 10)}/${at.slice(5, 7)} ${clock}`;
}

/** The same where there is little room: of another day the day alone. */
export function showBriefly(moment, now = Date.now()) {
    return showTime(moment, now).slice(0, 5);
}

/** A moment in full, the same whenever it is read: 08:14 ngày 05/03/2026. */
export function exactTime(moment) {
    const at = new Date(Date.parse(moment) + OFFSET_MS).toISOString();
    return `${at.slice(11, 16)} ngày ${at.slice(8, 10)}/${at.slice(5, 7)}/${at.slice(0, 4)}`;
}

/** An hour as it was typed, as HH:MM, or null: `7:30`, `0730`, `7h30`, `7h`, `17`. */
export function parseClock(typed) {
    const parts = /^(\d{1,2})(?:h|[:h.]?(\d{2}))?$/.exec(typed.trim().toLowerCase());
    const [h, m] = parts === null ? [24, 0] : [Number(parts[1]), Number(parts[2] ?? 0)];
    return h < 24 && m < 60 ? `${two(h)}:${two(m)}` : null;
}

/** Days from today to @day; negative when it has passed. */
export function daysTo(day, now = Date.now()) {
    return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today(now)}T00:00:00Z`))
        / DAY_MS);
}

/** @day moved by @days. */
export function addDays(day, days) {
    return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How long since @moment, with its unit: 45 giây, 28 phút, 3 giờ 05 phút, 2 ngày. */
export function showAge(moment, now = Date.now()) {
    const s = Math.max(0, Math.floor((now - Date.parse(moment)) / 1000));
    const minutes = Math.floor(s / 60);
    return s < 60 ? t('age_s', { n: s }) : minutes < 60 ? t('age_min', { n: minutes })
        : minutes < 1440 ? t('age_h', { h: Math.floor(minutes / 60), n: two(minutes % 60) })
            : t('days_n', { n: Math.floor(minutes / 1440) });
}

/** Since when and how long: từ 21:28 (28 phút). */
export const showSince = (moment, now = Date.now()) => t('since_age', { time: showTime(moment, now),
    age: showAge(moment, now) });
