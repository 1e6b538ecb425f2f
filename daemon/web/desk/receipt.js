// "Tra biên nhận": is this slip of paper in the books?
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { showDate, showTime } from '/web/lib/dates.js';
import { Trouble } from '/web/lib/form.js';
import { officeName } from '/web/lib/office.js';
import { Sheet } from '/web/lib/sheet.js';
import { t } from '/web/lib/words.js';

function whenOf(moment) {
    const day = new Date(Date.parse(moment) + 7 * 3600 * 1000).toISOString().slice(0, 10);
    return `${showDate(day, { weekday: false })} ${showTime(moment).slice(-5)}`;
}

export function ReceiptCheck() {
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
            setState({ busy: false, problem: null,
                found: await get(`/receipts/${encodeURIComponent(code)}`) });
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
            ${found.found ? t(`receipt_${found.state}`, { when: whenOf(found.since) })
        : t('receipt_none')}</p>
            ${found.found && found.holder && html`<p>${t('receipt_holder',
        { name: officeName(found.holder) })}</p>`}`}
    </${Sheet}>`;
}
