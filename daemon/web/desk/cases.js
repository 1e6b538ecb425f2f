// Every open case of this office, looked through by number, code or field; those that
// another office offers to it; and whose they are, by the register of this office.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { CaseDue, caseNumber, dueOf } from '/web/lib/cases.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { showTime, today } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { fold, matches } from '/web/lib/text.js';
import { Term, t, term } from '/web/lib/words.js';

const SHOWN = 300;
const NAMES_MS = 60000;
const AGAIN_MAX = 50; // older matters that are looked up for a list of today

function Row({ item }) {
    return html`<li><a href=${link('case', item.id)}><b>${caseNumber(item)}</b>
        <span>${Term('types', item.type)} · ${Term('fields', item.field)}</span>
        <span class="quiet">${term('rules', item.due_rule)}</span><${CaseDue} item=${item} /></a></li>`;
}

/** Receptions of today in this office's book, the latest first. */
export async function loadTurns(self) {
    const found = await getAll('/receptions', { office: self, since: today() }, 2000);
    return found.items.filter((turn) => turn.on === today());
}

/* Who came about an older matter. One of this office is looked up; another's is not, since
 * that would tell its office that somebody has read it. */
async function cameAgain(turns, taken, self) {
    const abouts = [...new Set(turns.map((turn) => turn.about))]
        .filter((id) => id !== null && !taken.some((c) => c.id === id)).slice(0, AGAIN_MAX);
    return Promise.all(abouts.map(async (id) => {
        const item = id.startsWith(`${self}:`)
            ? await get(`/cases/${idPath(id)}`).catch(() => null) : null;
        return { field: turns.find((turn) => turn.about === id).field, last_event_at: '', ...item, id,
            again: true };
    }));
}

/** What this office took in today, the latest first: settled at the desk or not, and
 * those who came again. */
export async function loadDone(self) {
    const [found, turns] = await Promise.all([getAll('/cases', { office: self, since: today() }, 2000)
        .then(learnNames), loadTurns(self)]);
    const taken = found.items.filter((c) => c.origin === self && c.opened_on === today());
    return [...taken, ...await cameAgain(turns, taken, self)].filter((c) => !c.voided)
        .sort((a, b) => (a.last_event_at < b.last_event_at ? 1 : -1));
}

export function DoneRow({ item }) {
    return html`<li><a href=${link('case', item.id)}><b>${item.type ? caseNumber(item)
        : t('came_again')}</b>
        <span>${Term('fields', item.field)}</span>
        <span class="quiet">${!item.type ? '' : item.again ? t('came_again')
        : term('types', item.type)}</span>
        ${!item.type ? null : item.state === 'closed' ? html`<span class="due ended">${term('close_reasons', item.reason)}</span>`
        : html`<${CaseDue} item=${item} />`}</a></li>`;
}

/** Offered to this office, and not answered yet: on the desk's first sight while there is one. */
export function OfferPanel({ session }) {
    const self = session.office.id;
    const { data } = useWatch(async () => learnNames(await getAll('/cases', { open: true }, 2000)),
        ['case'], [self], 5000);
    const items = (data?.items ?? []).filter((c) => !c.voided && (c.offered_to ?? []).includes(self));
    return items.length > 0 && html`<section class="panel" aria-labelledby="p-offers">
        <h2 id="p-offers">${t('offers_in')} <span class="count">${items.length}</span></h2>
        <ul class="rows">${items.slice(0, 8).map((item) => html`<li key=${item.id}><a
            href=${link('case', item.id)}><b>${caseNumber(item)}</b>
            <span>${Term('fields', item.field)}</span>
            <span class="quiet">${officeName(item.custodian)}</span></a></li>`)}</ul></section>`;
}

/* By name or telephone number: audited, and gone after a minute. */
function ByName() {
    const input = useRef(null);
    const [state, setState] = useState({ busy: false, found: null, problem: null });
    const look = async (event) => {
        event.preventDefault();
        const q = input.current.value.trim();
        if (q === '') {
            return;
        }
        setState({ busy: true, found: null, problem: null });
        try {
            const found = await get('/register', { q });
            setState({ busy: false, found: found.items, problem: null });
            setTimeout(() => setState({ busy: false, found: null, problem: null }), NAMES_MS);
        } catch (problem) {
            setState({ busy: false, found: null, problem });
        }
    };
    return html`<section class="here-box"><h2>${t('register')} <span class="here"
            title=${t('here_only')}>${t('here')}</span></h2>
        <form class="inline" onSubmit=${look}><label class="label" for="who">${t('register_look')}</label>
            <input id="who" ref=${input} maxlength="120" autocomplete="off" spellcheck="false" />
            <button disabled=${state.busy}>${t('receipt_look')}</button>
            <span class="quiet small">${t('names_audited')}</span></form>
        <${Trouble} problem=${state.problem} />
        ${state.found?.length === 0 && html`<p class="empty">${t('register_none')}</p>`}
        ${state.found && html`<ul class="rows found">${state.found.map((r) => html`<li key=${r.case}><a
            href=${link('case', r.case)}><b>${r.name}</b> <span>${r.address}</span>
            <span class="quiet">${showTime(r.entered_at)}</span></a></li>`)}</ul>`}</section>`;
}

export function Cases({ session }) {
    const self = session.office.id;
    const [wanted, setWanted] = useState('');
    const { data, error } = useWatch(async () => learnNames(await getAll('/cases',
        { open: true, office: self }, 2000)), ['case'], [self]);
    const held = (data?.items ?? []).filter((c) => c.custodian === self && !c.voided)
        .sort((a, b) => (dueOf(a) < dueOf(b) ? -1 : 1));
    const plain = (text) => fold(text ?? '').replace(/[\s-]/g, '');
    const items = wanted.trim() === '' ? held : held.filter((c) => [c.number, c.receipt_code].some(
        (x) => plain(x).includes(plain(wanted))) || matches(Term('fields', c.field), wanted)
        || matches(Term('types', c.type), wanted));
    const asks = session.person.roles.some((r) => r === 'officer' || r === 'leader');
    return html`<${Sheet} title=${t('cases_open')}>
        <div class="inline"><label class="label" for="wanted">${t('cases_find')}</label>
            <input id="wanted" maxlength="60" autocomplete="off" spellcheck="false"
                onInput=${(e) => setWanted(e.target.value)} /></div>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('cases_none')}</p>`
            : html`<ul class="rows">${items.slice(0, SHOWN).map((item) => html`<${Row} key=${item.id}
                item=${item} />`)}</ul>${items.length > SHOWN && html`<p class="quiet">${t('and_more',
        { n: items.length - SHOWN })}</p>`}`}
        ${asks && html`<${ByName} />`}</${Sheet}>`;
}
