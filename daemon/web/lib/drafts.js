// Forms that are being written, kept on this machine until they are sent.
//
// Encrypted with AES-GCM under a key that this browser keeps and no script can
// read out (IndexedDB, not extractable). That keeps what was typed out of plain
// sight in the browser's files; it is no guard against somebody who holds the
// whole profile of the browser, which is why a sent or dropped draft is deleted
// at once, and why a denunciation never becomes a draft. A draft belongs to the
// person who wrote it: others neither see nor open it.
//
// Where the browser has no WebCrypto (plain HTTP from another machine) drafts
// live as long as the page does.
const NAME = 'lienthong-drafts';
const MAX_AGE_MS = 7 * 86400 * 1000;
const memory = new Map();

function request(r) {
    return new Promise((resolve, reject) => {
        r.onsuccess = () => resolve(r.result);
        r.onerror = () => reject(r.error);
    });
}

let opened = null;

function open() {
    opened ??= new Promise((resolve, reject) => {
        const r = indexedDB.open(NAME, 1);
        r.onupgradeneeded = () => {
            r.result.createObjectStore('keys');
            r.result.createObjectStore('drafts');
        };
        r.onsuccess = () => resolve(r.result);
        r.onerror = () => reject(r.error);
    });
    return opened;
}

export const draftsLast = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

async function store(name, mode) {
    return (await open()).transaction(name, mode).objectStore(name);
}

async function ownKey() {
    const found = await request((await store('keys', 'readonly')).get('k'));
    if (found) {
        return found;
    }
    const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false,
        ['encrypt', 'decrypt']);
    // Another tab may have made one meanwhile: the first one stays.
    try {
        await request((await store('keys', 'readwrite')).add(made, 'k'));
        return made;
    } catch {
        return request((await store('keys', 'readonly')).get('k'));
    }
}

/* The owner and the form are bound into the ciphertext, and the owner's name
 * does not stand beside it. */
async function place(owner, form) {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${owner}\n${form}`));
    return Array.from(new Uint8Array(hash).slice(0, 16), (x) => x.toString(16).padStart(2, '0'))
        .join('');
}

export async function saveDraft(owner, form, values) {
    if (!draftsLast()) {
        memory.set(`${owner}\n${form}`, structuredClone(values));
        return;
    }
    const at = await place(owner, form);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(
        { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(at) },
        await ownKey(), new TextEncoder().encode(JSON.stringify(values)));
    await request((await store('drafts', 'readwrite')).put({ iv, sealed, saved: Date.now() }, at));
}

/** The values last saved, or null. */
export async function loadDraft(owner, form) {
    if (!draftsLast()) {
        return memory.get(`${owner}\n${form}`) ?? null;
    }
    const at = await place(owner, form);
    const row = await request((await store('drafts', 'readonly')).get(at));
    if (!row || Date.now() - row.saved > MAX_AGE_MS) {
        return null;
    }
    try {
        const plain = await crypto.subtle.decrypt(
            { name: 'AES-GCM', iv: row.iv, additionalData: new TextEncoder().encode(at) },
            await ownKey(), row.sealed);
        return JSON.parse(new TextDecoder().decode(plain));
    } catch {
        return null; // written under a key that is gone
    }
}

export async function dropDraft(owner, form) {
    memory.delete(`${owner}\n${form}`);
    if (draftsLast()) {
        const at = await place(owner, form);
        await request((await store('drafts', 'readwrite')).delete(at));
    }
}
