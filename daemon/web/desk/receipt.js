// "Tra biên nhận": is this slip of paper in the books?
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { CaseDue, caseNumber, showMonth } from '/web/lib/cases.js';
import { showDate, showTime } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { officeName } from '/web/lib/office.js';
import { Sheet } from '/web/lib/sheet.js';
import { link } from '/web/lib/route.js';
import { Term, t, term } from '/web/lib/words.js';
import { lastStep } from '/web/desk/steps.js';

function whenOf(moment) {
    const day = new Date(Date.parse(moment) + 7 * 3600 * 1000).toISOString().slice(0, 10);
    return `${showDate(day, { weekday: false })} ${showTime(moment).slice(-5)}`;
}

/* What the desk that holds it may go on with; others are told that the slip is good. */
function Held({ item }) {
    const step = lastStep(item);
    return html`<dl class="facts"><dt>${t('f_type')}</dt><dd>${Term('types', item.type)}</dd>
        <dt>${t('f_field')}</dt><dd>${Term('fields', item.field)}</dd>
        <dt>${t('step_what')}</dt><dd>${item.state === 'closed' ? term('close_reasons', item.reason)
        : step ? term('steps', step) : t('step_begun')}</dd>
        ${item.due_on && html`<dt>${t('due')}</dt><dd><${CaseDue} item=${item} />
            <span class="quiet"> ${term('rules', item.due_rule)}</span></dd>`}</dl>
        <div class="buttons"><a class="button main" href=${link('case', item.id)}>${t('open_matter')}
            ${' '}${caseNumber(item)}</a></div>`;
}

export function ReceiptCheck({ session }) {
    const input = useRef(null);
    const [state, setState] = useState({ busy: false, found: null, problem: null });
    useEffect(() => input.current.focus(), []);
    const look = async (event) => {
        event.preventDefault();
        const code = input.current.value.trim();
        if (code === '') {
            return;
        }
        setState({ busy: true, found: null, problem: null });
        try {
            const found = await get(`/receipts/${encodeURIComponent(code)}`);
            const mine = found.found && found.holder === session.office.id;
            const item = mine ? await get(`/cases/${encodeURIComponent(code)}`).catch(() => null) : null;
            setState({ busy: false, problem: null, found, item });
        } catch (problem) {
            setState({ busy: false, found: null, problem });
        }
    };
    const { found } = state;
    return html`<${Sheet} title=${t('receipt_check')}>
        <form class="inline" onSubmit=${look}>
            <label class="label" for="receipt">${t('receipt_type')}</label>
            <input id="receipt" ref=${input} class="code-in" maxlength="30" autocomplete="off"
                autocapitalize="characters" spellcheck="false" />
            <button class="main" disabled=${state.busy}>${t('receipt_look')}</button></form>
        <${Trouble} problem=${state.problem} />
        ${found && html`<p class=${`verdict ${found.found ? 'yes' : 'no'}`} role="status">
            ${found.found ? t(`receipt_${found.state}`, { when: found.since
            ? whenOf(found.since) : showMonth(found.since_month) })
        : t('receipt_none')}</p>
            ${found.found && found.holder && html`<p>${t('receipt_holder',
        { name: officeName(found.holder) })}</p>`}`}
        ${state.item && html`<${Held} item=${state.item} />`}
    </${Sheet}>`;
}
