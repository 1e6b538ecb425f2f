// "Ghi hộ theo điện thoại": what an office below has phoned in, since it cannot send it:
// a crowd, its word of the day, another report. It bears that office's name and the mark
// of who wrote it down; the office's own takes its place when it comes.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { useAct } from '/web/lib/act.js';
import { get, idPath } from '/web/lib/api.js';
import { useWatch } from '/web/lib/data.js';
import { showTime } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { BANDS, bandLabel, learnNames, officeName, PLACES } from '/web/lib/office.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { compareNames } from '/web/lib/text.js';
import { t, terms } from '/web/lib/words.js';
import law from '/web/words/law.js';

const isCrowd = (v) => v.what === 'crowd';
const isDaily = (v) => v.what === 'daily';

function fieldsOf(units, periods, v) {
    const theirs = periods.filter((p) => p.to.some((to) => to.office === v.office));
    return [
        { id: 'office', label: t('phoned_who'), kind: 'pick', required: true, options: units,
            note: t('pick_offices') },
        { id: 'what', label: t('phoned_what'), kind: 'choice', required: true, options: [
            { word: 'crowd', label: t('phoned_crowd') },
            ...(theirs.length > 0 ? [{ word: 'daily', label: t('phoned_daily') }] : []),
            { word: 'report', label: t('phoned_report') }] },
        { id: 'place', label: t('crowd_where'), kind: 'choice', required: true, when: isCrowd,
            options: PLACES.map((word, i) => ({ word, label: t(`place_${i + 1}`) })) },
        { id: 'people', label: t('crowd_many'), kind: 'choice', required: true, when: isCrowd,
            options: BANDS.map(([least, most]) => ({ word: String(most === Infinity ? least : most),
                label: bandLabel([least, most]) })) },
        { id: 'field', label: t('f_field'), kind: 'pick', required: true, when: isCrowd,
            options: terms('fields'), note: t('f_field_note') },
        { id: 'period', label: t('phoned_period'), kind: 'choice', required: true, when: isDaily,
            options: theirs.map((p) => ({ word: p.id, label: p.name })) },
        { id: 'said', label: t('phoned_said'), kind: 'choice', required: true, when: isDaily,
            options: ['nothing', 'something'].map((word) => ({ word, label: t(`period_${word}`) })) },
        { id: 'text', label: t('period_word'), kind: 'area', rows: 4, max: 1000, required: true,
            note: t('text_leaves'), when: (x) => x.what === 'report' || (isDaily(x)
                && x.said === 'something') },
    ];
}

/* [path, body, where it is found] of a filled form. */
function wordOf(v, self) {
    if (isCrowd(v)) {
        return ['/incidents', { place: v.place, people: Number(v.people), field: v.field,
            subject: law.fields[v.field][0], for: v.office }, (id) => link('incident', id)];
    }
    const text = v.said === 'nothing' && isDaily(v) ? {} : { text: v.text.trim() };
    return isDaily(v) ? [`/periods/${idPath(v.period)}/reports`, { ...(text.text ? text
        : { nothing: true }), for: v.office }, () => link('period', v.period)]
        : ['/notices', { to: [self], kind: 'report', ...text, for: v.office }, (id) => link('notice', id)];
}

function Written({ answer, values, self, onNext }) {
    const [, , place] = wordOf(values, self);
    return html`<p class="done" role="status">${t('phoned_done', { name: officeName(values.office),
        time: showTime(answer.committed_at) })} <b class="ok">✓</b></p>
        <div class="buttons"><button class="main" type="button" onClick=${onNext}>${t('phoned_next')}</button>
            <a class="button" href=${place(answer.id)}>${t('phoned_open')}</a></div>`;
}

export function Phoned({ session, id, units }) {
    const self = session.office.id;
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [written, setWritten] = useState(null);
    const [state, act] = useAct(setWritten);
    const { data, error } = useWatch(async () => learnNames(await get('/periods', { open: true, limit: 200 })),
        [], [self]);
    if (units === null || data === null) {
        return html`<p class="empty">${error ? error.message : t('loading')}</p>`;
    }
    const below = units.filter((u) => u.id !== self).map((u) => ({ word: u.id, label: u.name }))
        .sort((a, b) => compareNames(a.label, b.label));
    if (values.current.office === undefined && below.some((u) => u.word === id)) {
        values.current.office = id;
    }
    const fields = fieldsOf(below, data.items.filter((p) => !p.voided), values.current);
    const send = (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(...wordOf(values.current, self).slice(0, 2));
    };
    const next = () => {
        values.current = { office: values.current.office };
        setWritten(null);
    };
    return html`<${Sheet} title=${t('phoned')}><p class="quiet">${t('phoned_lead')}</p>
        ${written !== null ? html`<${Written} answer=${written} values=${values.current} self=${self}
            onNext=${next} />` : html`<form class="fields" noValidate onSubmit=${send}>
            <${Fields} fields=${fields} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button>
                <button type="button" onClick=${() => go()}>${t('cancel')}</button></div></form>`}
        <p class="quiet small">${t('crowd_never')}</p></${Sheet}>`;
}
