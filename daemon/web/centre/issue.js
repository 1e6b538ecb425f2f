// "Đôn đốc" and "Giao chỉ đạo": to one or many, the text prepared, two clicks.
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { useAct } from '/web/lib/act.js';
import { get, idPath } from '/web/lib/api.js';
import { useWatch } from '/web/lib/data.js';
import { parseDate, showTime, today } from '/web/lib/dates.js';
import { announce, fileRow, Sending } from '/web/lib/files.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { crowdRef, learnNames, officeName, placeWord } from '/web/lib/office.js';
import { OfficesPick } from '/web/lib/offices.js';
import { go } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { compareNames } from '/web/lib/text.js';
import { t } from '/web/lib/words.js';

const TO_MAX = 200; // offices that one directive can name

/* A number to begin with: the day and the minute; whoever has a document types its own. */
function numberNow(kind) {
    const clock = showTime(new Date().toISOString()).replace(':', '');
    const day = today();
    return `${kind}-${day.slice(8)}${day.slice(5, 7)}-${clock}`;
}

/* Texts are Vietnamese: every office below reads them. */
function prepared(name, units, crowd) {
    if (name === 'issue') {
        return '';
    }
    if (name === 'support') {
        return `Hỗ trợ ${crowdRef(crowd)} (${crowd.place}): cử cán bộ đến phối hợp, báo lại khi đã đến.`;
    }
    const late = units.some((u) => u.overdue > 0);
    const silent = units.some((u) => ['silent', 'withheld'].includes(u.link));
    const unread = units.some((u) => u.directives_unanswered > 0);
    return `Đôn đốc: ${[late && 'giải quyết các vụ việc quá hạn', unread
        && 'tiếp nhận và trả lời các chỉ đạo còn chờ', silent && 'khôi phục liên lạc và báo tình hình']
        .filter(Boolean).join('; ') || 'rà soát các vụ việc đang giữ'}. Báo lại kết quả.`;
}

const fields = () => [
    { id: 'doc_no', label: t('doc_no'), kind: 'text', max: 100, required: true },
    { id: 'text', label: t('directive_says'), kind: 'area', rows: 3, max: 1000, required: true,
        note: t('text_below') },
    { id: 'due', label: t('due'), kind: 'date', max: 12, note: t('date_hint') },
    { id: 'urgent', label: t('lane'), kind: 'choice', options: [
        { word: 'no', label: t('lane_normal') }, { word: 'yes', label: t('lane_urgent') }] },
    fileRow(),
];

/** Support is for the crowd that @id names, by whom the writer chooses; the others go to
 * the offices in @id, or where there is none to those that the writer chooses. */
export function Issue({ session, name, id, units, onSent }) {
    const { data: crowd, error } = useWatch(async () => (name === 'support'
        ? learnNames(await get(`/incidents/${idPath(id)}`)) : null), [], [name, id]);
    if (units === null || (name === 'support' && crowd === null)) {
        return html`<p class="empty">${error ? error.message : t('loading')}</p>`;
    }
    return html`<${Form} session=${session} name=${name} crowd=${crowd} units=${units} onSent=${onSent}
        ids=${name === 'support' ? [] : id.split(',').filter(Boolean).slice(0, TO_MAX)} />`;
}

function Form({ session, name, ids, crowd, units, onSent }) {
    const known = units.filter((u) => ids.includes(u.id));
    const values = useRef(null);
    const [errors, setErrors] = useState({});
    const [sent, setSent] = useState(null);
    const [written, setWritten] = useState(null); // its file is on the way
    const [state, act] = useAct((answer) => {
        onSent();
        (values.current.file ? setWritten : setSent)(answer);
    });
    values.current ??= { doc_no: numberNow(name === 'support' ? 'HT' : 'ĐĐ'),
        text: prepared(name, known, crowd), urgent: name === 'support' ? 'yes' : 'no', to: [...ids] };
    useEffect(() => { // nothing is prepared: the first row is what is next
        if (ids.length === 0) {
            document.querySelector('form.fields input')?.focus();
        }
    }, []);
    const choices = units.filter((u) => u.id !== session.office.id)
        .map((u) => ({ word: u.id, label: u.name })).sort((a, b) => compareNames(a.label, b.label));
    const title = t(name === 'support' ? 'support' : name === 'urge' ? 'urge' : 'issue');
    if (written !== null && sent === null) {
        return html`<${Sheet} title=${title}><${Sending} file=${values.current.file}
            event=${written.event} onDone=${() => setSent(written)} /></${Sheet}>`;
    }
    if (sent !== null) {
        return html`<${Sheet} title=${title}><p class="done" role="status">${t('issued',
            { number: values.current.doc_no, time: showTime(sent.committed_at) })} <b class="ok">✓</b></p>
            <div class="buttons"><button class="main" type="button" onClick=${() => go()}>
            ${t('back')}</button></div></${Sheet}>`;
    }
    const send = async (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = { ...(v.to.length === 0 ? { one: t('form_required') } : {}),
            ...findErrors(fields(), v) };
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act('/directives', { to: v.to, doc_no: v.doc_no.trim(), text: v.text.trim(),
            ...(v.due ? { due: parseDate(v.due) } : {}),
            ...(v.urgent === 'yes' ? { urgent: true } : {}),
            ...(v.file ? await announce(v.file) : {}) });
    };
    return html`<${Sheet} title=${title}>
        ${ids.length > 0 && html`<p><b>${t('directive_to')}:</b> ${ids.map(officeName)
        .sort(compareNames).join(', ')}</p>`}
        ${crowd && html`<p><b>${t('crowd')}:</b> ${officeName(crowd.origin)} · ${placeWord(crowd.place)} ·
            ${' '}${t('since', { time: showTime(crowd.raised_at) })}</p>`}
        <form class="fields" noValidate onSubmit=${send}>
            ${ids.length === 0 && html`<${OfficesPick} offices=${choices} values=${values.current}
                error=${errors.one} onChange=${() => setErrors({})} />`}
            <${Fields} fields=${fields()} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}
                autofocus=${ids.length > 0 && values.current.text !== ''}>${t('send')}</button><button type="button" onClick=${() => go()}>${t('cancel')}
            </button></div></form></${Sheet}>`;
}
