// F8, "Báo đông người": place, about how many, about what; the third touch sends.
// What comes after is optional, and goes as an update.
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { newKey, post, idPath } from '/web/lib/api.js';
import { Trouble } from '/web/lib/form.js';
import { useKeys } from '/web/lib/keys.js';
import { BANDS, bandLabel, PLACES } from '/web/lib/office.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { t, terms } from '/web/lib/words.js';
import { IncidentSheet } from '/web/desk/incident.js';
import law from '/web/words/law.js';

/* What can bring a crowd, most frequent first; the rest is behind "other". */
const FIRST = ['land', 'compensation', 'environment', 'social_policy', 'labour', 'construction',
    'enforcement', 'other'];
const overFirst = ([least, most]) => (most === Infinity ? least : most);

function Step({ title, options, onPick, onBack }) {
    const box = useRef(null);
    useEffect(() => box.current.querySelector('button').focus(), [title]);
    useKeys(Object.fromEntries(options.slice(0, 9).map((o, i) => [String(i + 1),
        () => onPick(o.value)])), [title]);
    return html`<div class="touch" ref=${box} role="group" aria-label=${title}>
        <h2>${title}</h2>
        <div class="touches">${options.map((o, i) => html`<button type="button" key=${o.label}
            onClick=${() => onPick(o.value)}><kbd>${i + 1}</kbd> ${o.label}</button>`)}</div>
        ${onBack && html`<button type="button" class="plain" onClick=${onBack}>
            ← ${t('step_back')}</button>`}
    </div>`;
}

export function Crowd({ session, id }) {
    const started = PLACES[Number(id) - 1] ?? null;
    const [place, setPlace] = useState(started);
    const [range, setRange] = useState(null);
    const [all, setAll] = useState(false);
    const [sent, setSent] = useState({ busy: false, problem: null, id: null });
    const intent = useRef(null);

    const send = async (field) => {
        if (sent.busy) {
            return;
        }
        // The same warning keeps its key however often it is sent again.
        intent.current ??= { key: newKey(), body: {
            place, people: overFirst(range), field, subject: law.fields[field][0],
        } };
        setSent({ busy: true, problem: null, id: null });
        try {
            const answer = await post('/incidents', intent.current.body, intent.current.key);
            setSent({ busy: false, problem: null, id: answer.id });
            location.replace(link('sent', answer.id)); // found again in another language
        } catch (problem) {
            if (problem.outcome !== 'unknown') {
                intent.current = null;
            }
            setSent({ busy: false, problem, id: null });
        }
    };
    if (sent.id !== null) {
        return html`<${IncidentSheet} session=${session} id=${sent.id} justSent />`;
    }
    const fields = terms('fields').filter((f) => all || FIRST.includes(f.word))
        .sort((a, b) => (all ? 0 : FIRST.indexOf(a.word) - FIRST.indexOf(b.word)));
    return html`<${Sheet} title=${t('crowd')}>
        <p class="trail">${place && html`<span>${t(`place_${PLACES.indexOf(place) + 1}`)}</span>`}
            ${range && html` · <span>${t('people_n', { n: bandLabel(range) })}</span>`}</p>
        ${sent.problem && html`<${Trouble} problem=${sent.problem} />
            ${intent.current && html`<button type="button" class="main"
                onClick=${() => send(intent.current.body.field)}>${t('send_again')}</button>`}`}
        ${place === null ? html`<${Step} title=${t('crowd_where')} onPick=${setPlace}
            options=${PLACES.map((p, i) => ({ value: p, label: t(`place_${i + 1}`) }))} />`
        : range === null ? html`<${Step} title=${t('crowd_many')} onPick=${setRange}
            onBack=${() => (started ? go() : setPlace(null))}
            options=${BANDS.map((b) => ({ value: b, label: bandLabel(b) }))} />`
            : html`<${Step} title=${t('crowd_what')} onPick=${send}
                onBack=${() => setRange(null)}
                options=${fields.map((f) => ({ value: f.word, label: f.label }))} />
                ${!all && html`<button type="button" class="plain" onClick=${() => setAll(true)}>
                    ${t('crowd_more_fields')}</button>`}
                ${sent.busy && html`<p role="status">${t('sending')}</p>`}`}
        <p class="quiet small">${t('crowd_never')}</p>
    </${Sheet}>`;
}

/** A warning that has just gone out. */
export const Sent = (props) => html`<${IncidentSheet} ...${props} justSent />`;

/** Take, for who answers for it. */
export async function takeIncident(id, key) {
    return post(`/incidents/${idPath(id)}/take`, {}, key);
}
