// All units at a glance: a square each, worst first; above 400 a block for each
// branch below this office, so that 3,321 stay readable.
import { html } from '/web/vendor/preact-htm.js';
import { badness, linkClass } from '/web/centre/units.js';
import { t } from '/web/lib/words.js';

const SINGLE = 400;

/* Colour is not alone in telling: late has a bar, silent a cross. */
function toneOf(unit) {
    const link = linkClass(unit);
    return link === 'bad' ? 'silent' : unit.incidents_untaken > 0 ? 'untaken'
        : unit.overdue > 0 ? 'late' : link === 'good' ? 'good' : 'slow';
}

/* The branch of a unit: its ancestor right below this office. */
function branches(units, self) {
    const byId = new Map(units.map((u) => [u.id, u]));
    const found = new Map();
    for (const unit of units) {
        let top = unit;
        for (let hops = 0; hops < 16 && top.parent !== self && byId.has(top.parent); hops++) {
            top = byId.get(top.parent);
        }
        const group = found.get(top.id) ?? { top, units: [] };
        group.units.push(unit);
        found.set(top.id, group);
    }
    return [...found.values()].map((g) => ({ ...g, bad: g.units.reduce((n, u) => n + badness(u), 0)
        / g.units.length })).sort((a, b) => b.bad - a.bad);
}

function Branch({ group }) {
    const of = (tone) => group.units.filter((u) => toneOf(u) === tone).length;
    const good = of('good');
    return html`<div class="branch"><b>${group.top.name}</b>
        <span title=${t('board_group', { good, all: group.units.length })}>${good}/${group.units.length}</span>
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            ${['untaken', 'silent', 'late', 'slow', 'good'].reduce((drawn, tone) => {
        const width = of(tone) / group.units.length * 100;
        return { x: drawn.x + width, bars: [...drawn.bars, html`<rect class=${tone} x=${drawn.x}
            y="0" width=${width} height="6" />`] };
    }, { x: 0, bars: [] }).bars}</svg></div>`;
}

const LEGEND = [['untaken', 'board_untaken'], ['silent', 'link_silent'], ['late', 'board_late'],
    ['slow', 'link_behind'], ['good', 'link_current']];

/** What the colours say. */
export function Legend() {
    return html`<span class="legend">${LEGEND.map(([tone, word]) => html`<span key=${tone}>
        <i class=${tone}></i>${t(word)}</span>`)}</span>`;
}

export function UnitMap({ units, self }) {
    if (units.length > SINGLE) {
        return html`<div class="branches">${branches(units, self).map((g) => html`<${Branch}
            key=${g.top.id} group=${g} />`)}</div>`;
    }
    return html`<div class="tiles" role="img" aria-label=${t('board_links')}>
        ${units.map((u) => html`<i key=${u.id} class=${toneOf(u)} title=${u.name}></i>`)}</div>`;
}
