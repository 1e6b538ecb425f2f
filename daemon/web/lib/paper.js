// What leaves the screen: prints with an office's heading, and tables as files.
// Who takes a table out of the pages is in the office's audit, before it leaves.
import { html, useEffect, useState } from '/web/vendor/preact-htm.js';
import { post } from '/web/lib/api.js';
import { showDate, today } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { t } from '/web/lib/words.js';

/** Calls @draw(printing) before the page goes to paper and after. */
export function usePaper(draw, on = []) {
    useEffect(() => {
        const before = () => {
            document.documentElement.dataset.paper = '1';
            draw(true);
        };
        const after = () => {
            delete document.documentElement.dataset.paper;
            draw(false);
        };
        addEventListener('beforeprint', before);
        addEventListener('afterprint', after);
        return () => {
            removeEventListener('beforeprint', before);
            removeEventListener('afterprint', after);
        };
    }, on);
}

/** Is the page on its way to paper? Lists are whole then. */
export function useOnPaper() {
    const [on, setOn] = useState(false);
    usePaper(setOn);
    return on;
}

/** Above and below what is printed; on paper alone. National texts are Vietnamese. */
export function PaperHead({ office, title }) {
    const [y, m, d] = today().split('-');
    return html`<div class="paper-only paper-head" lang="vi" aria-hidden="true">
        <p><b>${office.toLocaleUpperCase('vi')}</b><br />Số: ……/……</p>
        <p><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br /><b>Độc lập – Tự do – Hạnh phúc</b><br />
            <i>ngày ${d} tháng ${m} năm ${y}</i></p>
        <h2>${title}</h2></div>`;
}

export function PaperFoot() {
    return html`<div class="paper-only paper-foot" lang="vi" aria-hidden="true">
        <p><b><i>Nơi nhận:</i></b><br />- ……………………<br />- Lưu: VT.</p>
        <p><b>NGƯỜI KÝ</b><br /><i>(ký, ghi rõ họ tên, đóng dấu)</i></p>
        <p class="unproved">Mẫu chưa đối chiếu · in lúc ${new Date(Date.now() + 7 * 36e5).toISOString()
        .slice(11, 16)} ${showDate(today(), { weekday: false })}</p></div>`;
}

/* A spreadsheet takes a cell that begins so for a formula. */
const cell = (value) => {
    const text = String(value ?? '');
    return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replace(/"/g, '""')}"`;
};

/** Rows of texts as a file that spreadsheets read. */
export const csv = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;

function save(name, text) {
    const a = document.createElement('a');
    a.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
    a.download = name;
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}

/** Print, and take the table out as a file. @what: a word for the audit, which is told
 * first; @rows(): the table, its head first. */
export function PaperTools({ what, rows }) {
    const [problem, setProblem] = useState(null);
    const take = (act) => async () => {
        try {
            await post('/audit/taken', { what });
            setProblem(null);
            act();
        } catch (fault) {
            setProblem(fault);
        }
    };
    return html`<span class="paper-tools"><button type="button" class="slim" onClick=${take(
        () => print())}>${t('print')}</button>
        ${rows && html`<button type="button" class="slim" onClick=${take(() => save(
        `lienthong-${what}-${today()}.csv`, csv(rows())))}>${t('save_table')}</button>`}
        <${Trouble} problem=${problem} /></span>`;
}
