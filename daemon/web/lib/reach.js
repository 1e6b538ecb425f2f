// The line that is always in sight: what has reached whom.
import { html, useState } from '/web/vendor/preact-htm.js';
import { get, idPath, newKey, post } from '/web/lib/api.js';
import { incidentsOf } from '/web/lib/crowds.js';
import { useNow, useWatch } from '/web/lib/data.js';
import { showTime } from '/web/lib/dates.js';
import { liveNow } from '/web/lib/live.js';
import { calledText, learnNames, officeName, placeWord } from '/web/lib/office.js';
import { t } from '/web/lib/words.js';

const ALONE_MS = 60000; // then the duty phone is on the screen
const RECEIPT_MS = 60 * 60000; // so long the line says who took a warning
const PHONE = 'lienthong-duty-phone';

/** The duty phone of the office above: an office's number, kept in this browser. */
export const dutyPhone = () => localStorage.getItem(PHONE) ?? '';
export const keepDutyPhone = (number) => localStorage.setItem(PHONE, number);

const sum = (waiting) => {
    const numbers = Object.values(waiting ?? {});
    return numbers.length === 0 || numbers.includes(null) ? null
        : numbers.reduce((a, b) => a + b, 0);
};

/** What `status` says about the way up: {parent, up, waiting, urgent, since, at,
 * keeper}; parent null at the top. */
export function wayUp(status) {
    const link = status.links.find((l) => l.role === 'parent');
    const self = status.office.id;
    if (link === undefined) {
        return { parent: null };
    }
    const keeper = status.receipt?.keeper;
    return {
        parent: link.office,
        name: link.name ?? officeName(link.office),
        up: link.state === 'up',
        since: link.since,
        waiting: sum(link.waiting),
        urgent: link.waiting?.urgent ?? null,
        at: link.last_ack_at,
        keeper: keeper && keeper !== self && keeper !== link.office ? {
            name: officeName(keeper), at: status.receipt.at, all: status.receipt.covers_all,
        } : null,
    };
}

/** Own warnings that may have reached nobody: open, untaken, a minute old, and the
 * way up not known to be empty of urgent things. `explain` then says who has them. */
export function maybeAlone(way, incidents, self, now) {
    return way.parent === null || way.urgent === 0 ? []
        : incidents.filter((i) => i.origin === self && i.state === 'raised' && !i.voided
            && i.kind !== 'forecast'
            && now - Date.parse(i.raised_at) > ALONE_MS);
}

function Alone({ way, first, children }) {
    const { data: told } = useWatch(() => get(`/explain/${idPath(first.id)}`), ['*'], [first.id]);
    const [called, setCalled] = useState(null);
    const [failed, setFailed] = useState(false);
    const call = async () => {
        const clock = showTime(new Date().toISOString());
        const said = calledText(clock);
        try {
            await post(`/incidents/${idPath(first.id)}/update`,
                { help: first.help ? `${first.help}; ${said}`.slice(0, 140) : said }, newKey());
            setCalled(clock);
            setFailed(false);
        } catch {
            setFailed(true);
        }
    };
    if (told === null || told.reached.some((r) => r.reached === true)) {
        return children;
    }
    return html`<div class="line alone" role="alert">
        <b>${t('reach_alone', { name: way.name, phone: first.ring || dutyPhone() || t('reach_no_phone') })}</b>
        ${called ? html` <span>${t('reach_called', { time: called })}</span>`
        : html` <button type="button" onClick=${call}>${t('reach_call_now')}</button>`}
        ${failed && html` <span>${t('reach_call_failed')}</span>`}
    </div>`;
}

/** The line itself. */
export function Reach({ self }) {
    const now = useNow(1000);
    const { data: status, error } = useWatch(async () => learnNames(await get('/status')), ['*']);
    const { data: incidents } = useWatch(() => incidentsOf(self), ['incident'], [self], undefined, self);
    if (error && error.status === 0) {
        return html`<div class="line grey" role="status">${t('reach_no_server')}</div>`;
    }
    if (!status) {
        return html`<div class="line grey" role="status">${t('loading')}</div>`;
    }
    const way = wayUp(status);
    const lost = maybeAlone(way, incidents ?? [], self, now);
    const line = html`<${Line} status=${status} way=${way} incidents=${incidents ?? []}
        self=${self} now=${now} />`;
    if (lost.length > 0) {
        const first = lost[lost.length - 1];
        return html`<${Alone} way=${way} first=${first} key=${first.id}>${line}</${Alone}>`;
    }
    return line;
}

function Line({ status, way, incidents, self, now }) {
    if (status.state === 'intake_refused') {
        return html`<div class="line alone" role="alert">${t('reach_refused')}</div>`;
    }
    const parts = [html`<span>${t('reach_saved')} <b class="ok">✓</b></span>`];
    let grey = false;
    if (way.parent !== null && !way.up) {
        const n = way.waiting ?? status.receipt?.missing_events ?? null;
        grey = true;
        parts.push(html`<span>${t(n === null ? 'reach_lost' : 'reach_lost_n',
            { since: showTime(way.since), n })}</span>`);
    } else if (way.parent !== null) {
        parts.push(way.waiting === 0 && way.at
            ? html`<span>${t('reach_at', { name: way.name, time: showTime(way.at) })}
                <b class="ok">${' ✓'}</b></span>`
            : html`<span>${way.waiting === 0 ? t('reach_linked', { name: way.name })
                : t('reach_sending', { n: way.waiting ?? '…', name: way.name })}</span>`);
    }
    if (way.keeper?.at) {
        parts.push(way.keeper.all
            ? html`<span>${t('reach_at', { name: way.keeper.name, time: showTime(way.keeper.at) })}
                <b class="ok">${' ✓'}</b></span>`
            : html`<span>${t('reach_keeper_until', { name: way.keeper.name,
                time: showTime(way.keeper.at) })}</span>`);
    }
    const taken = incidents.filter((i) => i.state === 'taken' && i.origin === self && !i.voided
        && now - Date.parse(i.taken_at) < RECEIPT_MS)
        .sort((a, b) => (a.taken_at < b.taken_at ? 1 : -1))[0];
    if (taken) {
        parts.push(html`<span>${t('reach_crowd', { place: placeWord(taken.place) ?? taken.subject ?? '',
            since: showTime(taken.raised_at) })} ${t('reach_taken', { name: officeName(taken.taken_by),
            time: showTime(taken.taken_at) })} <b class="ok">✓</b></span>`);
    }
    if (!liveNow()) {
        parts.push(html`<span class="quiet">${t('reach_not_live')}</span>`);
    }
    return html`<div class=${`line${grey ? ' grey' : ''}`} role="status">${parts}</div>`;
}
