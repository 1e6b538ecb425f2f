// Files that go with a decision or a directive: in pieces on their way up, whole on
// their way down. What is proved and how is proto/README.md's ("Parts").
import { html, useEffect, useState } from '/web/vendor/preact-htm.js';
import { idPath, newKey, post, take } from '/web/lib/api.js';
import { Trouble } from '/web/lib/form.js';
import { t } from '/web/lib/words.js';

const PIECE = 15360;
const FILE_MAX = 16 * 1024 * 1024;
/* What the server takes (daemon/http/content.c); it looks into the file, not at its name. */
const ENDINGS = '.pdf,.jpg,.jpeg,.png,.tif,.tiff,.rtf,.docx,.xlsx,.odt,.ods';

/** The row of a form that takes a file. */
export const fileRow = (when) => ({ id: 'file', label: t('file'), kind: 'file', when,
    accept: ENDINGS, note: t('file_note'), check: (file) => (file.size > FILE_MAX ? t('file_large')
        : file.size === 0 ? t('file_empty') : !globalThis.crypto?.subtle ? t('file_https') : null) });

/** "2,4 MB" */
export function sizeWord(bytes) {
    return bytes >= 1024 * 1024 ? `${(bytes / 1024 / 1024).toFixed(1).replace('.', ',')} MB`
        : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

async function sha256(...parts) {
    return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
}

const domain = (word) => new TextEncoder().encode(`${word}\0`);

function be64(n) {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setBigUint64(0, BigInt(n));
    return bytes.buffer;
}

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
const base64url = (bytes) => btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

async function pieceAt(file, first, offset) {
    const salt = offset === 0 ? first
        : (await sha256(domain('lienthong/piece/1'), first, be64(offset))).slice(0, 16);
    return { salt, bytes: new Uint8Array(await file.slice(offset, offset + PIECE).arrayBuffer()) };
}

const made = new WeakMap(); // a file is sealed once: a repetition says the same

/** What the event says of @file, with its first piece: goes into the event's body. */
export function announce(file) {
    if (!made.has(file)) {
        made.set(file, seal(file));
    }
    return made.get(file).then((sealed) => sealed.body);
}

async function seal(file) {
    const first = crypto.getRandomValues(new Uint8Array(16));
    const hashes = [];
    let body = null;
    for (let at = 0; at < file.size; at += PIECE) {
        const { salt, bytes } = await pieceAt(file, first, at);
        hashes.push(await sha256(domain('lienthong/part/1'), salt, bytes));
        body ??= { attach_salt: hex(salt), attach_data: base64url(bytes) };
    }
    const whole = await sha256(domain('lienthong/whole/1'), be64(file.size), ...hashes);
    return { first, body: { ...body, attach_size: file.size, attach_hash: hex(whole) } };
}

/* Everything behind the first piece; @sent is where to go on, and is moved. */
async function sendRest(file, event, sent, tell) {
    const { first } = await made.get(file);
    for (; sent.at < file.size; sent.at += PIECE) {
        const { salt, bytes } = await pieceAt(file, first, sent.at);
        sent.key ??= newKey();
        await post(`/events/${idPath(event)}/pieces`, { offset: sent.at, salt: hex(salt),
            data: base64url(bytes) }, sent.key);
        sent.key = null;
        tell(Math.floor(sent.at / file.size * 100));
    }
}

/** Sends what is left of @file once its @event is written; then @onDone(). */
export function Sending({ file, event, onDone }) {
    const [sent] = useState({ at: PIECE, key: null });
    const [state, setState] = useState({ n: 0, problem: null });
    const go = () => {
        setState((old) => ({ ...old, problem: null }));
        sendRest(file, event, sent, (n) => setState({ n, problem: null })).then(onDone,
            (problem) => setState((old) => ({ ...old, problem })));
    };
    useEffect(go, []);
    return html`<p role="status">${t('file_sending', { n: state.n })}</p>
        <progress max="100" value=${state.n} aria-label=${t('file')}></progress>
        <${Trouble} problem=${state.problem} />
        ${state.problem && html`<div class="buttons"><button type="button" class="main"
            onClick=${go}>${t('file_again')}</button></div>`}`;
}

/** The files among @texts of the matter at @path ("/cases/…"), each a button. */
export function FileList({ path, texts }) {
    const [state, setState] = useState({ busy: false, problem: null });
    const get = async (x) => {
        setState({ busy: true, problem: null });
        try {
            await take(`${path}/files/${idPath(x.event)}`);
            setState({ busy: false, problem: null });
        } catch (problem) {
            setState({ busy: false, problem });
        }
    };
    return html`${texts.filter((x) => x.kind === 'attachment').map((x) => html`<span class="file"
        key=${x.event}>${x.state === 'here' ? html`<button type="button" class="slim"
            disabled=${state.busy} onClick=${() => get(x)}>${t('file_get',
        { size: sizeWord(x.size_bytes) })}</button>`
        : html`<em>${t(`file_${x.state}`, { size: sizeWord(x.size_bytes) })}</em>`}</span>`)}
        <${Trouble} problem=${state.problem} />`;
}
