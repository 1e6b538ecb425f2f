// "Báo trước để chuẩn bị tiếp": people are expected; what is to be prepared. A
// request, not a report of people: no name, no number of a car, no organiser.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { useAct } from '/web/lib/act.js';
import { parseClock, parseDate } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { BANDS, bandLabel, HELPS, PLACES } from '/web/lib/office.js';
import { go } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { t, terms } from '/web/lib/words.js';
import { IncidentSheet } from '/web/desk/incident.js';
import law from '/web/words/law.js';

const fieldsOf = () => [
    { id: 'place', label: t('crowd_where'), kind: 'choice', required: true,
        options: PLACES.map((word, i) => ({ word, label: t(`place_${i + 1}`) })) },
    { id: 'date', label: t('forecast_day'), kind: 'date', required: true, max: 12,
        note: t('date_hint') },
    { id: 'at', label: t('forecast_at'), kind: 'text', max: 5, required: true, note: t('clock_hint'),
        check: (v) => (parseClock(v) === null ? t('clock_hint') : null) },
    { id: 'people', label: t('crowd_many'), kind: 'choice', required: true,
        options: BANDS.map(([least, most]) => ({ word: String(most === Infinity ? least : most),
            label: bandLabel([least, most]) })) },
    { id: 'field', label: t('f_field'), kind: 'pick', required: true, options: terms('fields'),
        note: t('f_field_note') },
    { id: 'helps', label: t('forecast_help'), kind: 'ticks', required: true,
        options: HELPS.map((word, i) => ({ word, label: t(`help_${i + 1}`) })),
        check: (v) => (v.length > 0 ? null : t('form_required')) },
    { id: 'source', label: t('forecast_source'), kind: 'choice', required: true,
        options: terms('forecast_sources') },
];

export function Forecast({ session }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [sent, setSent] = useState(null);
    const [state, act] = useAct(setSent);
    const fields = fieldsOf();
    if (sent !== null) {
        return html`<${IncidentSheet} session=${session} id=${sent.id} justSent />`;
    }
    const send = (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(fields, v);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act('/forecasts', { place: v.place, people: Number(v.people), field: v.field,
            subject: law.fields[v.field][0], help: v.helps.join('; '), date: parseDate(v.date),
            at: parseClock(v.at), source: v.source });
    };
    return html`<${Sheet} title=${t('forecast')}>
        <p class="quiet">${t('forecast_lead')}</p>
        <form class="fields" noValidate onSubmit=${send}>
            <${Fields} fields=${fields} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button>
                <button type="button" onClick=${() => go()}>${t('cancel')}</button></div>
        </form><p class="quiet small">${t('crowd_never')}</p></${Sheet}>`;
}
