// "Có dữ liệu cá nhân": texts that were flagged, and the clean text that the writer
// owes; and "Bị đe dọa, trả thù" of this office.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { DueIn } from '/web/lib/cases.js';
import { useWatch } from '/web/lib/data.js';
import { showTime } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, terms } from '/web/lib/words.js';

const writes = (session) => session.person.roles.some((r) => r !== 'inspector' && r !== 'operator');

function Clean({ flag, onDone }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const fields = [{ id: 'text', label: t('flag_clean'), kind: 'area', rows: 2, max: 1000,
        required: true, note: t('text_leaves') }];
    const send = (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(`/events/${idPath(flag.event)}/replace`, { text: values.current.text.trim() });
    };
    return html`<form class="fields" noValidate onSubmit=${send}><${Fields} fields=${fields}
            values=${values.current} errors=${errors} onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('flag_replace')}</button>
        </div></form>`;
}

export function Flags({ session }) {
    const { data, error, reload } = useWatch(async () => learnNames(await get('/flags',
        { open: true, limit: 1000 })), ['flag'], []);
    const [open, setOpen] = useState(null);
    const items = data?.items ?? [];
    const done = () => {
        setOpen(null);
        reload();
    };
    return html`<${Sheet} title=${t('flags')}><p class="quiet">${t('flags_lead')}</p>
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : items.length === 0 ? html`<p class="empty">${t('list_empty')}</p>`
            : html`<ul class="rows">${items.map((f) => html`<li key=${f.id}><p>
                <b>${officeName(f.writer)}</b> <span class="quiet">${t('flag_by', {
                name: officeName(f.flagged_by), time: showTime(f.flagged_at) })}</span>
                ${f.due_on && html` <${DueIn} day=${f.due_on} />`}
                ${f.matter && html` <a href=${link('case', f.matter)}>${t('open_matter')}</a>`}
                ${f.writer === session.office.id && writes(session) && open !== f.id && html` <button
                    type="button" class="slim" onClick=${() => setOpen(f.id)}>${t('flag_replace')}</button>`}</p>
                ${open === f.id && html`<${Clean} flag=${f} onDone=${done} />`}</li>`)}</ul>`}
    </${Sheet}>`;
}

function Threat({ onDone }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const fields = [
        { id: 'code', label: t('receipt_code'), kind: 'text', max: 24, required: true },
        { id: 'kind', label: t('threat_kind'), kind: 'choice', required: true,
            options: terms('retaliations') }];
    const send = (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act('/retaliations', { code: values.current.code.trim(), kind: values.current.kind });
    };
    return html`<form class="fields" noValidate onSubmit=${send}><p class="quiet">${t('threat_lead')}</p>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('send')}</button></div></form>`;
}

function ThreatRow({ item, session, onDone }) {
    const [ends, setEnds] = useState(false);
    const [state, act] = useAct(onDone);
    const may = item.to.some((to) => to.office === session.office.id)
        && session.person.roles.some((r) => ['coordinator', 'leader'].includes(r));
    return html`<li><p><b class="mono">${item.receipt_code}</b> <span>${Term('retaliations', item.kind)}</span>
        <span class="quiet">${officeName(item.issuer)} · ${showTime(item.issued_at)}</span>
        ${item.state === 'closed' ? html` <span>${Term('retaliation_ends', item.outcome)}</span>`
        : may && html` <button type="button" class="slim" onClick=${() => setEnds(!ends)}>${t('threat_close')}
        </button>`}</p>
        ${ends && html`<div class="touches small">${terms('retaliation_ends').map((e) => html`<button
            type="button" key=${e.word} disabled=${state.busy} onClick=${() => act(
        `/retaliations/${idPath(item.id)}/close`, { reason: e.word })}>${e.label}</button>`)}</div>`}
        <${Trouble} problem=${state.problem} /></li>`;
}

export function Threats({ session }) {
    const { data, error, reload } = useWatch(async () => learnNames(await get('/retaliations',
        { limit: 1000 })), ['request'], []);
    const [sent, setSent] = useState(false);
    const items = data?.items ?? [];
    return html`<${Sheet} title=${t('threats')}>
        ${sent ? html`<p class="done" role="status">${t('threat_sent')} <b class="ok">✓</b></p>`
        : writes(session) && html`<${Threat} onDone=${() => {
            setSent(true);
            reload();
        }} />`}
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : html`<ul class="rows">${items.filter((i) => !i.voided).map((item) => html`<${ThreatRow}
            key=${item.id} item=${item} session=${session} onDone=${reload} />`)}</ul>`}</${Sheet}>`;
}
