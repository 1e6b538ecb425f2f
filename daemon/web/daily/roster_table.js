// A month of shifts from a table: pasted as a spreadsheet gives it, or a CSV file. All rows
// are read and told before any is written; what stopped half way goes on where it stopped.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { parseClock, parseDate, showDate, today } from '/web/lib/dates.js';
import { Errand } from '/web/lib/errand.js';
import { Trouble } from '/web/lib/form.js';
import { go, link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { fold } from '/web/lib/text.js';
import { Term, t } from '/web/lib/words.js';
import law from '/web/words/law.js';

const ROWS_MAX = 400;
const BYTES_MAX = 256 * 1024;
const COLUMNS = ['shift_day', 'shift_from', 'shift_until', 'shift_kind', 'shift_person', 'shift_phone'];

/* The duty's word, or its name in either language, with or without marks. */
function dutyOf(text) {
    const said = fold(text);
    return Object.entries(law.duties).find(([word, names]) => word === said
        || names.some((name) => fold(name) === said || fold(name).replace(/ truc$/, '') === said))?.[0] ?? null;
}

const within = (text, most) => {
    const trimmed = text.trim();
    return trimmed !== '' && trimmed.length <= most ? trimmed : null;
};

/** [{line, body, wrong: [columns]}] of a table; a first row that is no shift is its head. */
export function readTable(text) {
    const rows = text.replace(/^\uFEFF/, '').split(/\r?\n/).map((line, i) => ({ line: i + 1, text: line }))
        .filter((row) => row.text.trim() !== '').map(({ line, text: row }) => {
            const cells = row.split(row.includes('\t') ? '\t' : row.includes(';') ? ';' : ',')
                .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
            const date = parseDate(cells[0] ?? '');
            const body = { date: date !== null && date >= today() ? date : null,
                at: parseClock(cells[1] ?? ''), end: parseClock(cells[2] ?? ''),
                kind: dutyOf(cells[3] ?? ''), name: within(cells[4] ?? '', 100),
                phone: within(cells[5] ?? '', 40) };
            return { line, body, wrong: COLUMNS.filter((c, i) => Object.values(body)[i] === null),
                head: date === null && cells.length >= COLUMNS.length };
        });
    return rows[0]?.head ? rows.slice(1) : rows;
}

function Preview({ rows }) {
    return html`<div class="scroll-x" tabindex="0" role="region" aria-label=${t('table')}>
        <table class="list"><thead><tr>${COLUMNS.map((c) => html`<th scope="col" key=${c}>${t(c)}</th>`)}
        </tr></thead><tbody>${rows.map(({ line, body }) => html`<tr key=${line}>
            <td>${showDate(body.date)}</td><td>${body.at}</td><td>${body.end}</td>
            <td>${Term('duties', body.kind)}</td><td>${body.name}</td><td>${body.phone}</td></tr>`)}
        </tbody></table></div>`;
}

export function RosterTable() {
    const errand = useRef(null);
    const area = useRef(null);
    const [text, setText] = useState('');
    const [state, setState] = useState({ busy: false, problem: null, done: false, big: false });
    const rows = readTable(text);
    const bad = rows.filter((row) => row.wrong.length > 0);
    const good = rows.length > 0 && rows.length <= ROWS_MAX && bad.length === 0;
    const take = (said) => {
        if (said === text) {
            return; // the field was left as it was: what was begun goes on
        }
        errand.current = null;
        const big = said.length > BYTES_MAX;
        setText(big ? '' : said);
        setState({ busy: false, problem: null, done: false, big });
    };
    const open = async (event) => {
        const [file] = event.target.files;
        if (file) {
            const said = file.size > BYTES_MAX ? '' : await file.text();
            area.current.value = said; // seen, and mended where a row is wrong
            take(said);
            setState((s) => ({ ...s, big: file.size > BYTES_MAX }));
        }
    };
    const save = async (event) => {
        event.preventDefault();
        if (state.busy || !good) {
            return;
        }
        errand.current ??= new Errand(rows.map(({ line, body }) => ({ name: `row ${line}`,
            path: () => '/shifts', body: () => body })));
        setState((s) => ({ ...s, busy: true, problem: null }));
        try {
            await errand.current.run();
            setState((s) => ({ ...s, busy: false, done: true }));
        } catch (problem) {
            setState((s) => ({ ...s, busy: false, problem }));
        }
    };
    const written = Object.keys(errand.current?.done ?? {}).length;
    return html`<${Sheet} title=${t('roster_table')} onBack=${() => go('shifts')} wide>
        ${state.done ? html`<p class="done" role="status">${t('roster_done', { n: rows.length })}
            ${' '}<b class="ok">✓</b></p><div class="buttons"><a class="button main" href=${link('shifts')}>
            ${t('shifts')}</a></div>` : html`<form class="fields" noValidate onSubmit=${save}>
        <p class="quiet">${t('roster_lead')}</p>
        <label class="label" for="r-table">${t('roster_paste')}</label>
        <textarea id="r-table" ref=${area} rows="6" spellcheck="false" autocomplete="off" disabled=${written > 0}
            aria-describedby="r-told" onChange=${(e) => take(e.target.value)}></textarea>
        <label class="label" for="r-file">${t('roster_file')}</label>
        <input id="r-file" type="file" accept=".csv,.txt,.tsv" disabled=${written > 0} onChange=${open} />
        <div id="r-told" role="status">${state.big ? html`<p class="error">${t('roster_big')}</p>`
        : rows.length > ROWS_MAX ? html`<p class="error">${t('roster_many', { n: rows.length, most: ROWS_MAX })}</p>`
            : bad.slice(0, 20).map(({ line, wrong }) => html`<p class="error" key=${line}>${t('roster_wrong',
                { line, what: wrong.map((c) => t(c)).join(', ') })}</p>`)}</div>
        ${good && html`<${Preview} rows=${rows} />`}
        ${written > 0 && html`<p class="note">${t('roster_begun', { n: written, all: rows.length })}</p>`}
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy || !good}>${t('roster_save',
            { n: good ? rows.length : 0 })}</button>
            <button type="button" onClick=${() => go('shifts')}>${t('cancel')}</button></div></form>`}
    </${Sheet}>`;
}
