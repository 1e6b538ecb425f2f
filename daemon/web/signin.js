// Who is here: signing in, changing officers at one PC, the locked screen.
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { newKey, post } from '/web/lib/api.js';
import { Dialog } from '/web/lib/dialog.js';
import { Trouble } from '/web/lib/form.js';
import { t } from '/web/lib/words.js';

/* One small form: its fields are plain inputs that nothing renders again. */
function useSubmit(send) {
    const [state, setState] = useState({ busy: false, problem: null });
    const submit = async (event) => {
        event.preventDefault();
        if (state.busy) {
            return;
        }
        const form = event.target;
        setState({ busy: true, problem: null });
        try {
            await send(Object.fromEntries(new FormData(form)));
            setState({ busy: false, problem: null });
        } catch (problem) {
            setState({ busy: false, problem });
            form.querySelector('[type=password]')?.select();
        }
    };
    return [state, submit];
}

const isPin = (text) => /^\d{4,8}$/.test(text);
const proof = (secret) => (isPin(secret) ? { pin: secret } : { password: secret });

function Secret({ label, id, pin }) {
    return html`<label class="label" for=${id}>${label}</label>
        <input id=${id} name="secret" type="password" required autocomplete="off"
            maxlength="200" inputmode=${pin ? 'numeric' : undefined} />`;
}

export function SignIn({ onDone, expired }) {
    const first = useRef(null);
    useEffect(() => first.current.focus(), []);
    const [state, submit] = useSubmit(async ({ name, secret }) => {
        try {
            await post('/session', { name: name.trim(), password: secret });
        } catch (problem) {
            if (problem.status !== 401 || !isPin(secret)) {
                throw problem;
            }
            await post('/session', { name: name.trim(), pin: secret }, newKey());
        }
        await onDone();
    });
    return html`<main class="signin"><form onSubmit=${submit}>
        <img src="/web/icon.svg" alt="" width="48" height="48" />
        <h1>Liên Thông</h1>
        <p class="quiet">${t('signin_lead')}</p>
        ${expired && html`<p class="note" role="status">${t('signin_expired')}</p>`}
        <label class="label" for="s-name">${t('signin_name')}</label>
        <input id="s-name" name="name" ref=${first} required maxlength="64" autocomplete="off"
            autocapitalize="none" spellcheck="false" />
        <${Secret} label=${t('signin_secret')} id="s-secret" />
        <${Trouble} problem=${state.problem} />
        <button class="main" disabled=${state.busy}>${t('signin_go')}</button>
        <p class="quiet small">${t('signin_forgotten')}</p>
    </form></main>`;
}

/** `Đổi người trực`: name and PIN, the page stays. */
export function Switch({ onDone, onClose }) {
    const first = useRef(null);
    useEffect(() => first.current.focus(), []);
    const [state, submit] = useSubmit(async ({ name, secret }) => {
        await post('/session/switch', { name: name.trim(), ...proof(secret) });
        await onDone();
    });
    return html`<${Dialog} title=${t('switch_title')} onClose=${onClose}>
        <form onSubmit=${submit}>
            <label class="label" for="w-name">${t('signin_name')}</label>
            <input id="w-name" name="name" ref=${first} required maxlength="64"
                autocomplete="off" autocapitalize="none" spellcheck="false" />
            <${Secret} label=${t('signin_pin')} id="w-secret" pin />
            <${Trouble} problem=${state.problem} />
            <button class="main" disabled=${state.busy}>${t('switch_go')}</button>
        </form></${Dialog}>`;
}

/** The locked screen lies over the page; what was being written stays. */
export function Locked({ person, onDone, onLeave }) {
    const [state, submit] = useSubmit(async ({ secret }) => {
        await post('/session/unlock', proof(secret));
        await onDone();
    });
    return html`<${Dialog} title=${t('locked_title')} fixed>
        <form onSubmit=${submit}>
            <p>${t('locked_text', { name: person.shown })}</p>
            <${Secret} label=${t('signin_pin')} id="u-secret" pin />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('locked_open')}</button>
                <button type="button" onClick=${onLeave}>${t('signout')}</button></div>
        </form></${Dialog}>`;
}
