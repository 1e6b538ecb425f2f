// "Nhận hôm nay", all of it: the matters, and the receptions as they stand in the book;
// one that was entered twice is taken back here.
import { html, useState } from '/web/vendor/preact-htm.js';
import { idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { useWatch } from '/web/lib/data.js';
import { Trouble } from '/web/lib/form.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, term } from '/web/lib/words.js';
import { DoneRow, loadDone, loadTurns } from '/web/desk/cases.js';

function Turn({ turn, onDone }) {
    const [sure, setSure] = useState(false);
    const [state, act] = useAct(onDone);
    const told = [t('people_n', { n: turn.people }), turn.field && Term('fields', turn.field), turn.outcome
        && term('turn_outcomes', turn.outcome), turn.again && t('came_again'), turn.leader
        && t('turn_leader')].filter(Boolean).join(' · ');
    const row = html`<b>${Term('turns', turn.kind)}</b> <span>${told}</span>`;
    return html`<li>${turn.about ? html`<a href=${link('case', turn.about)}>${row}</a>`
        : html`<p>${row}</p>`}<p><button type="button" class="plain slim" aria-pressed=${sure} disabled=${state.busy}
            onClick=${() => (sure ? act(`/receptions/${idPath(turn.id)}/take-back`, {})
        : setSure(true))}>${sure ? t('press_again', { what: t('entry_take_back') })
        : t('entry_take_back')}</button></p><${Trouble} problem=${state.problem} /></li>`;
}

function Turns({ self }) {
    const { data, error, reload } = useWatch(() => loadTurns(self), ['reception'], [self]);
    const turns = data ?? [];
    return html`<section><h2>${t('turns_today')}${turns.length > 0 && html` <span class="count">${turns
        .length}</span>`}</h2>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : turns.length === 0 ? html`<p class="empty">${t('turns_none')}</p>`
            : html`<p class="quiet">${t('turns_sum', { n: turns.length, people: turns.reduce((sum, turn) =>
                sum + turn.people, 0) })}</p><ul class="rows turns">${turns.map((turn) => html`<${Turn}
                key=${turn.id} turn=${turn} onDone=${reload} />`)}</ul>`}</section>`;
}

export function Done({ session }) {
    const self = session.office.id;
    const { data, error } = useWatch(() => loadDone(self), ['case', 'reception'], [self]);
    return html`<${Sheet} title=${t('done')}>${data === null ? html`<p class="empty">${error
        ? error.message : t('loading')}</p>` : html`<ul class="rows">${data.map((item) => html`<${DoneRow}
            key=${item.id} item=${item} />`)}</ul>`}<${Turns} self=${self} /></${Sheet}>`;
}
