// "Sổ tiếp công dân": the whole book of some days, for paper. It asks for a code of
// the person's authenticator, is in the audit, and stays in this page alone.
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { post } from '/web/lib/api.js';
import { caseNumber } from '/web/lib/cases.js';
import { getAll } from '/web/lib/data.js';
import { parseDate, showDate, today } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { PaperFoot, PaperHead } from '/web/lib/paper.js';
import { go } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, term } from '/web/lib/words.js';

const GONE_MS = 10 * 60 * 1000; // then it is asked for anew

const fieldsOf = () => [
    { id: 'from_date', label: t('period_from'), kind: 'date', max: 12, required: true, past: true,
        note: t('date_hint') },
    { id: 'until', label: t('period_until'), kind: 'date', max: 12, required: true, past: true,
        note: t('date_hint') },
    { id: 'code', label: t('signin_code'), kind: 'number', range: [0, 999999], max: 6, required: true,
        note: t('book_code') },
];

/* The twelve columns of form 03. Texts of a national form are Vietnamese. */
const COLUMNS = ['STT', 'Ngày tiếp', 'Họ tên, địa chỉ, CMND/CCCD', 'Nội dung vụ việc',
    'Loại đơn, số người', 'Cơ quan đã giải quyết', 'Thụ lý để giải quyết', 'Trả đơn, hướng dẫn',
    'Chuyển cơ quan có thẩm quyền', 'Kết quả giải quyết', 'Người tiếp', 'Ghi chú'];

function cells(entry, item, i) {
    const ended = item?.state === 'closed' ? term('close_reasons', item.reason) : '';
    return [i + 1, showDate(today(Date.parse(entry.entered_at)), { weekday: false }),
        [entry.name, entry.address, entry.document].filter(Boolean).join('; '), entry.account ?? '',
        item ? `${Term('types', item.type)}, ${term('fields', item.field)}` : '', '',
        item && ['accepted', 'in_progress'].includes(item.state) ? 'x' : '',
        ['returned', 'guided'].includes(item?.reason) ? ended : '',
        item && item.custodian && item.custodian !== item.origin ? officeName(item.custodian) : '',
        ended, entry.by, item ? caseNumber(item) : ''];
}

function Rows({ rows }) {
    return html`<div class="scroll-x" tabindex="0" role="region" aria-label=${t('table')}>
        <table class="list book" lang="vi"><thead><tr>${COLUMNS.map((c) => html`<th scope="col"
            key=${c}>${c}</th>`)}</tr><tr>${COLUMNS.map((c, i) => html`<td key=${c}>(${i + 1})</td>`)}</tr>
        </thead><tbody>${rows.map((row) => html`<tr key=${row[0]}>${row.map((c) => html`<td>${c}</td>`)}
        </tr>`)}</tbody></table></div>`;
}

export function Book({ session }) {
    const values = useRef({ from_date: 'h', until: 'h' });
    const [errors, setErrors] = useState({});
    const [state, setState] = useState({ busy: false, problem: null, rows: null, days: '' });
    useEffect(() => {
        const timer = state.rows && setTimeout(() => setState((s) => ({ ...s, rows: null })), GONE_MS);
        return () => clearTimeout(timer);
    }, [state.rows]);
    const send = async (event) => {
        event.preventDefault();
        const v = values.current;
        const wrong = findErrors(fieldsOf(), v);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        const [from, until] = [v.from_date, v.until].map((d) => parseDate(d, { past: true }));
        setState((s) => ({ ...s, busy: true, problem: null }));
        try {
            const book = await post('/book', { from_date: from, until, code: v.code });
            const found = learnNames(await getAll('/cases', { office: session.office.id, since: from },
                5000));
            const by = new Map(found.items.map((c) => [c.id, c]));
            setState({ busy: false, problem: null, rows: book.items.map((e, i) => cells(e,
                by.get(e.case), i)), days: from === until ? showDate(from) : `${showDate(from, {
                weekday: false })} – ${showDate(until, { weekday: false })}` });
        } catch (problem) {
            setState((s) => ({ ...s, busy: false, problem }));
        }
    };
    return html`<${Sheet} title=${t('book')} onBack=${() => go('more')} wide>
        <p class="quiet small screen-only">${t('book_lead')}</p>
        ${state.rows === null ? html`<form class="fields" noValidate onSubmit=${send}>
            <${Fields} fields=${fieldsOf()} values=${values.current} errors=${errors}
                onChange=${() => setErrors({})} />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('book_open')}</button></div>
        </form>`
        : html`<${PaperHead} office=${session.office.name} title=${`SỔ TIẾP CÔNG DÂN (mẫu 03) ${state.days}`} />
            <div class="buttons"><button type="button" class="main" onClick=${() => print()}>${t('print')}</button>
                <button type="button" onClick=${() => setState((s) => ({ ...s, rows: null }))}>${t('book_close')}
                </button></div>
            <p class="quiet">${t('list_n', { n: state.rows.length })}</p>
            <${Rows} rows=${state.rows} /><${PaperFoot} />`}</${Sheet}>`;
}
