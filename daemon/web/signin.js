// Who is here: signing in, changing officers at one PC, the locked screen.
import { html, useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { newKey, post } from '/web/lib/api.js';
import { CrowdCount } from '/web/lib/crowds.js';
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
        const empty = form.querySelector('input:invalid');
        if (empty !== null) { // all that a browser finds wrong here is a field left empty
            setState({ busy: false, problem: { message: t('signin_empty', {
                what: form.querySelector(`label[for="${empty.id}"]`).textContent }) } });
            empty.focus();
            return;
        }
        setState({ busy: true, problem: null });
        try {
            await send(Object.fromEntries(new FormData(form)));
            setState({ busy: false, problem: null });
        } catch (problem) {
            setState({ busy: false, problem });
            (form.querySelector('[name=totp]') ?? form.querySelector('[type=password]'))?.select();
        }
    };
    return [state, submit];
}

/* Names are of small letters; phones begin with a capital. */
const nameOf = (typed) => typed.trim().toLowerCase();
const isPin = (text) => /^\d{4,8}$/.test(text);
const proof = (secret) => (isPin(secret) ? { pin: secret } : { password: secret });

function Secret({ label, id, pin }) {
    return html`<label class="label" for=${id}>${label}</label>
        <input id=${id} name="secret" type="password" required autocomplete="off"
            maxlength="200" inputmode=${pin ? 'numeric' : undefined} />`;
}

/* A forgotten password or PIN: with one of the codes that lie sealed in the
 * office, without network and without anybody above. */
function Renew({ onDone, onClose }) {
    const first = useRef(null);
    useEffect(() => first.current.focus(), []);
    const [state, submit] = useSubmit(async ({ name, code, secret, pin }) => {
        await post(`/people/${encodeURIComponent(nameOf(name))}/renew`, { paper_code: code.trim(),
            password: secret, ...(pin ? { pin } : {}) });
        await post('/session', { name: nameOf(name), password: secret });
        await onDone();
    });
    return html`<main class="signin"><form noValidate onSubmit=${submit}>
        <h1>${t('renew')}</h1>
        <p class="quiet">${t('renew_lead')}</p>
        <label class="label" for="r-name">${t('signin_name')}</label>
        <input id="r-name" name="name" ref=${first} required maxlength="64" autocomplete="off"
            autocapitalize="none" spellcheck="false" />
        <label class="label" for="r-code">${t('paper_code')}</label>
        <input id="r-code" name="code" class="mono" required maxlength="40" autocomplete="off"
            autocapitalize="characters" spellcheck="false" placeholder="ABCD-EFGH-JKMN-PQRS" />
        <${Secret} label=${t('new_password')} id="r-secret" />
        <label class="label" for="r-pin">${t('new_pin')}</label>
        <input id="r-pin" name="pin" type="password" inputmode="numeric" maxlength="8"
            autocomplete="off" />
        <${Trouble} problem=${state.problem} />
        <button class="main" disabled=${state.busy}>${t('renew_go')}</button>
        <button type="button" onClick=${onClose}>${t('cancel')}</button>
    </form></main>`;
}

/* Whom the office's proxy knows comes in with one press; an operator's code is asked
 * for below. */
function Vouched({ onDone }) {
    const [state, setState] = useState({ busy: false, problem: null });
    const enter = async () => {
        setState({ busy: true, problem: null });
        try {
            await post('/session', {});
            await onDone();
        } catch (problem) {
            setState({ busy: false, problem });
        }
    };
    return html`<button type="button" class="main" disabled=${state.busy} onClick=${enter}>
        ${t('signin_vouched')}</button><${Trouble} problem=${state.problem} />`;
}

export function SignIn({ onDone, expired, vouched }) {
    const first = useRef(null);
    const [renewing, setRenewing] = useState(false);
    const [coded, setCoded] = useState(false);
    useEffect(() => first.current?.focus(), [renewing]);
    const [state, submit] = useSubmit(async ({ name, secret, totp }) => {
        try {
            await post('/session', { name: nameOf(name), password: secret,
                ...(totp ? { totp: totp.trim() } : {}) });
        } catch (problem) {
            if (problem.code === 'code_refused') { // the password is right
                setCoded(true);
                throw problem;
            }
            if (problem.status !== 401 || !isPin(secret)) {
                throw problem;
            }
            await post('/session', { name: nameOf(name), pin: secret }, newKey());
        }
        await onDone();
    });
    if (renewing) {
        return html`<${Renew} onDone=${onDone} onClose=${() => setRenewing(false)} />`;
    }
    return html`<main class="signin"><form noValidate onSubmit=${submit}>
        <img src="/web/icon.svg" alt="" width="48" height="48" />
        <h1 lang="vi">Liên Thông</h1>
        <p class="quiet">${t('signin_lead')}</p>
        ${vouched && html`<${Vouched} onDone=${onDone} />`}
        ${expired && html`<p class="note" role="status">${t('signin_expired')}</p>`}
        <label class="label" for="s-name">${t('signin_name')}</label>
        <input id="s-name" name="name" ref=${first} required maxlength="64" autocomplete="off"
            autocapitalize="none" spellcheck="false" />
        <${Secret} label=${t('signin_secret')} id="s-secret" />
        ${coded && html`<label class="label" for="s-totp">${t('signin_code')}</label>
            <input id="s-totp" name="totp" inputmode="numeric" maxlength="6" autocomplete="off"
                required />`}
        <${Trouble} problem=${state.problem} />
        <button class="main" disabled=${state.busy}>${t('signin_go')}</button>
        <p class="quiet small">${t('signin_forgotten')}</p>
        <button type="button" onClick=${() => setRenewing(true)}>${t('renew')}</button>
    </form></main>`;
}

/** `Đổi người trực`: name and PIN, the page stays. */
export function Switch({ onDone, onClose }) {
    const first = useRef(null);
    useEffect(() => first.current.focus(), []);
    const [state, submit] = useSubmit(async ({ name, secret }) => {
        await post('/session/switch', { name: nameOf(name), ...proof(secret) });
        await onDone();
    });
    return html`<${Dialog} title=${t('switch_title')} onClose=${onClose}>
        <form noValidate onSubmit=${submit}>
            <label class="label" for="w-name">${t('signin_name')}</label>
            <input id="w-name" name="name" ref=${first} required maxlength="64"
                autocomplete="off" autocapitalize="none" spellcheck="false" />
            <${Secret} label=${t('signin_pin')} id="w-secret" pin />
            <${Trouble} problem=${state.problem} />
            <button class="main" disabled=${state.busy}>${t('switch_go')}</button>
        </form></${Dialog}>`;
}

/** The locked screen: the page behind it is not drawn; what was being written stays. */
export function Locked({ person, onDone, onLeave }) {
    const [state, submit] = useSubmit(async ({ secret }) => {
        await post('/session/unlock', proof(secret));
        await onDone();
    });
    return html`<${Dialog} title=${t('locked_title')} fixed>
        <${CrowdCount} />
        <form noValidate onSubmit=${submit}>
            <p>${t('locked_text', { name: person.shown })}</p>
            <${Secret} label=${t('signin_pin')} id="u-secret" pin />
            <${Trouble} problem=${state.problem} />
            <div class="buttons"><button class="main" disabled=${state.busy}>${t('locked_open')}</button>
                <button type="button" onClick=${onLeave}>${t('signout')}</button></div>
        </form></${Dialog}>`;
}
