// Two warnings that may be of one crowd: the same office twice (it raised what a superior
// had already written down for it), or neighbours who see the same people. A hint for
// whoever answers for them, never a decision: nothing is joined or counted by it.
import { html, useState } from '/web/vendor/preact-htm.js';
import { idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { showTime } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { officeName, placeWord, PLACES } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { t } from '/web/lib/words.js';

const NEAR_MS = 60 * 60000;
const [RECEPTION, OFFICE, , ABOVE] = PLACES;

const goesOn = (i) => i.kind !== 'forecast' && !i.voided && ['raised', 'taken'].includes(i.state);

/* Before the office of @upper: said by itself, or by one below it. */
const atAbove = (below, upper) => below.place === ABOVE && [RECEPTION, OFFICE].includes(upper.place);

/* @parentOf: the office above, or undefined where the page does not know it. */
function samePlace(a, b, parentOf) {
    if (a.origin === b.origin) {
        return a.place === b.place || Boolean(a.entered_by) !== Boolean(b.entered_by);
    }
    const [up, down] = [parentOf(a.origin), parentOf(b.origin)];
    if (up === b.origin || down === a.origin) {
        return up === b.origin ? atAbove(a, b) : atAbove(b, a);
    }
    // Each commune has an office of its own; before the one above they are together, and
    // so they are at a place that both call by the same name.
    return up && up === down && a.place && a.place === b.place
        && (a.place === ABOVE || !PLACES.includes(a.place));
}

/** Those of @items that may be the crowd @one, the earliest first. */
export function alikeTo(one, items, parentOf) {
    return !goesOn(one) ? [] : items.filter((i) => i.id !== one.id && goesOn(i) && Math.abs(
        Date.parse(i.raised_at) - Date.parse(one.raised_at)) <= NEAR_MS && samePlace(one, i, parentOf))
        .sort((a, b) => (a.raised_at < b.raised_at ? -1 : 1));
}

/** By the offices that a page knows: the id of the one above, or undefined. */
export const parentsBy = (units) => {
    const by = new Map((units ?? []).map((u) => [u.id, u.parent]));
    return (id) => by.get(id) ?? undefined;
};

/** In the row of a crowd. */
export function AlikeRow({ alike }) {
    return alike.map((i) => html`<br key=${i.id} /><a class="alike" href=${link('incident', i.id)}>${t(
        'alike_row', { name: officeName(i.origin), time: showTime(i.raised_at) })}</a>`);
}

/* What was written down for an office gives way to that office's own; two that offices
 * raised themselves stay two, and whoever has raised the second ends it. */
const joinOf = (a, b) => (a.origin !== b.origin || Boolean(a.entered_by) === Boolean(b.entered_by) ? null
    : a.entered_by ? [a, b] : [b, a]);

function One({ one, other, writes, onDone }) {
    const [sure, setSure] = useState(false);
    const [state, act] = useAct(onDone);
    const join = joinOf(one, other);
    const label = t('alike_join');
    return html`<li><p><a href=${link('incident', other.id)}><b>${officeName(other.origin)}</b></a>
        ${' · '}${placeWord(other.place)} · ${showTime(other.raised_at)}
        ${other.entered_by && ` · ${t('alike_for', { name: officeName(other.entered_by) })}`}
        ${join && writes ? html` <button type="button" class="slim" disabled=${state.busy} onClick=${() => (sure
        ? act(`/incidents/${idPath(join[0].id)}/join`, { event: join[1].id }) : setSure(true))}>${sure
        ? t('press_again', { what: label }) : label}</button>` : !join && html`<br /><span class="quiet">${t(
        one.origin === other.origin ? 'alike_same' : 'alike_two')}</span>`}
        <${Trouble} problem=${state.problem} /></p></li>`;
}

/** On the page of a crowd: which others may be the same, and what can be done. */
export function Alike({ one, alike, writes, onDone }) {
    return alike.length > 0 && html`<section aria-labelledby="p-alike"><h2 id="p-alike">${t(
        'alike')}</h2><ul class="alike">${alike.map((i) => html`<${One} key=${i.id} one=${one} other=${i}
            writes=${writes} onDone=${onDone} />`)}</ul></section>`;
}
