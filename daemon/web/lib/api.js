// The server's API: /api/v1, JSON, problem+json errors in the reader's language.
import { inPageWords } from '/web/lib/told.js';
import { langNow, t } from '/web/lib/words.js';

const BASE = '/api/v1';
const PATIENCE_MS = 30000;

/** What went wrong, what is safe, what to do. */
export class Problem extends Error {
    constructor(status, body) {
        const told = inPageWords(body);
        super(told.message || t('error_unknown'));
        this.status = status;
        this.code = body.code ?? null;
        this.remedy = told.remedy;
        /** The API's name of the field that is meant, or null. */
        this.option = told.option;
        /** "none": nothing was written; "unknown": ask again with the same key. */
        this.outcome = body.outcome ?? 'none';
    }
}

/** A request id (UUID v4): one for each intention, the same in every repetition.
 * Not crypto.randomUUID, which plain HTTP pages of an office network lack. */
export function newKey() {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 0x0f) | 0x40;
    b[8] = (b[8] & 0x3f) | 0x80;
    const hex = Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

let onRefused = () => {};

/** @act is called when the server no longer knows who is here, or has locked. */
export function whenRefused(act) {
    onRefused = act;
}

async function read(answer) {
    const text = await answer.text();
    try {
        return text === '' ? {} : JSON.parse(text);
    } catch {
        return {};
    }
}

async function send(path, options, take = read, patience = PATIENCE_MS) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
        const answer = await fetch(BASE + path, {
            credentials: 'same-origin', cache: 'no-store', signal: stop.signal, ...options,
            headers: { 'Accept-Language': langNow(), Accept: 'application/json',
                ...options.headers },
        });
        const body = await (answer.ok ? take : read)(answer);
        if (!answer.ok) {
            if ((answer.status === 401 || answer.status === 423) && !path.startsWith('/session')) {
                onRefused();
            }
            throw new Problem(answer.status, body);
        }
        return body;
    } catch (fault) {
        if (fault instanceof Problem) {
            throw fault;
        }
        throw new Problem(0, {
            detail: t('error_no_server'),
            remedy: t('error_no_server_remedy'),
            outcome: options.method === 'GET' ? 'none' : 'unknown',
        });
    } finally {
        clearTimeout(timer);
    }
}

function query(args) {
    const given = Object.entries(args ?? {}).filter(([, v]) => v !== undefined && v !== null
        && v !== false && v !== '');
    return given.length === 0 ? ''
        : `?${new URLSearchParams(given.map(([k, v]) => [k, v === true ? '1' : v]))}`;
}

const asked = new Map(); // what is asked for in this very moment

/** GET @path; flags that are false are left out. Who asks for the same in the same
 * moment, as all do who hear of one change, shares the answer: do not write to it. */
export function get(path, args) {
    const whole = path + query(args);
    let answer = asked.get(whole);
    if (answer === undefined) {
        answer = send(whole, { method: 'GET' });
        asked.set(whole, answer);
        queueMicrotask(() => asked.delete(whole)); // what comes later may have changed
    }
    return answer;
}

/** Somebody is at work here: the server does not lock the screen. */
export function stillHere() {
    return send('/session', { method: 'GET', headers: { 'X-Lienthong': '1' } });
}

/** Write. @key: newKey() of this intention; a repetition with the same key writes
 * nothing twice. */
export function post(path, body, key = newKey(), method = 'POST') {
    const headers = { 'Idempotency-Key': key, 'X-Lienthong': '1' };
    if (method === 'DELETE') { // a body would be refused
        return send(path, { method, headers });
    }
    return send(path, {
        method,
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(body ?? {}),
    });
}

/* What the server sends to be put away: under the name that it gives. */
async function save(answer) {
    const a = document.createElement('a');
    a.href = URL.createObjectURL(await answer.blob());
    a.download = /filename="([\w.-]+)"/.exec(answer.headers.get('Content-Disposition'))?.[1] ?? '';
    a.click();
    setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}

/** Take the file at @path out of the pages: whole, or a Problem. */
export const take = (path) => send(path, { method: 'GET' }, save, 20 * PATIENCE_MS);

export const idPath = (id) => encodeURIComponent(id);
