// What the pages show, fetched again when it changes.
import { useEffect, useRef, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { onLive } from '/web/lib/live.js';
import { isShut } from '/web/lib/lock.js';

const GAP_MS = 700;       // between two fetches of one thing that is not urgent
const SLOW_MS = 60000;    // everything is asked for again at times: clocks move
const TOGETHER_MS = 50;   // who would ask so soon after another asks with it
/* That there is a crowd, and that somebody goes to it, shows at once. */
const AT_ONCE = new Set(['INCIDENT_RAISED', 'INCIDENT_TAKEN']);

/* Those that wait, and when each is due. One clock wakes them in one go, so that they
 * share answers (lib/api.js) and a drawing of the page. */
const waiting = new Map();
let clock = null;

function wake() {
    const due = [...waiting].filter(([, at]) => at <= Date.now() + TOGETHER_MS);
    due.forEach(([watch]) => waiting.delete(watch));
    setClock();
    due.forEach(([watch]) => watch.ask(true));
}

function setClock() {
    clearTimeout(clock);
    clock = waiting.size === 0 ? null
        : setTimeout(wake, Math.max(0, Math.min(...waiting.values()) - Date.now()));
}

function wait(watch, at) {
    if (!waiting.has(watch)) {
        waiting.set(watch, at);
        setClock();
    }
}

/* One thing being watched. A change while a fetch runs makes one more fetch, not
 * a queue of them: ten events a second cost at most one fetch at a time. */
class Watch {
    constructor(load, show, gap) {
        this.load = load;
        this.show = show;
        this.gap = gap;
        this.busy = false;
        this.dirty = false;
        this.ended = false;
        this.last = 0;
    }

    ask(urgent) {
        if (this.ended || isShut()) { // a locked page asks again when it is opened
            return;
        }
        if (this.busy) {
            this.dirty = this.dirty || (urgent ? 'urgent' : 'calm');
            return;
        }
        if (!urgent && this.last + this.gap > Date.now()) {
            wait(this, this.last + this.gap);
            return;
        }
        this.run();
    }

    async run() {
        this.busy = true;
        this.last = Date.now();
        waiting.delete(this); // what it waited for is in this answer
        let result;
        try {
            result = { data: await this.load(), error: null };
        } catch (fault) {
            result = { error: fault };
        }
        this.busy = false;
        if (this.ended) {
            return;
        }
        this.show(result);
        const again = this.dirty;
        this.dirty = false;
        if (again) {
            this.ask(again === 'urgent');
        }
    }

    end() {
        this.ended = true;
        waiting.delete(this);
    }
}

/** Watch what @load() gives. @kinds: which changes matter ("case", "incident",
 * "directive", "status"; "*" all). @on: what the loader depends on. @gap: at least so
 * many milliseconds between two fetches. @of: only what this office began matters.
 * Returns {data, error, at, reload}; data stays while a later fetch fails. */
export function useWatch(load, kinds, on = [], gap = GAP_MS, of = null) {
    const [state, setState] = useState({ data: null, error: null, at: null });
    const watch = useRef(null);

    useEffect(() => {
        const mine = new Watch(load, (result) => setState((old) => ({
            ...old, ...result, at: result.error ? old.at : Date.now(),
        })), gap);
        watch.current = mine;
        mine.ask(true);
        const slow = setInterval(() => mine.ask(false), SLOW_MS);
        const stop = onLive(({ what, data, up }) => {
            const kind = what === 'change' ? data.kind : what;
            if (of !== null && what === 'change' && !data.matter?.startsWith(`${of}:`)) {
                return;
            }
            if (what === 'reset' || (what === 'link' && up) || kinds.includes('*')
                || kinds.includes(kind)) {
                // How a crowd ended, and counts that it changes as well, can wait.
                mine.ask(what === 'change' && AT_ONCE.has(data.type) && kinds.includes(kind));
            }
        });
        return () => {
            clearInterval(slow);
            stop();
            mine.end();
        };
    }, on);
    return { ...state, reload: () => watch.current?.ask(true) };
}

export function useGet(path, args, kinds, on = []) {
    return useWatch(() => get(path, args), kinds, [path, JSON.stringify(args), ...on]);
}

/** All pages of a list, at most @max items; {items, names, more}. */
export async function getAll(path, args, max = 5000) {
    const items = [];
    const names = {};
    let after;
    do {
        const page = await get(path, { limit: 1000, ...args, after });
        items.push(...page.items);
        Object.assign(names, page.names);
        after = page.next ?? undefined;
    } while (after !== undefined && items.length < max);
    return { items, names, more: after !== undefined };
}

/** A clock that moves once every @ms: for what shows how long ago. */
export function useNow(ms = 1000) {
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), ms);
        return () => clearInterval(timer);
    }, [ms]);
    return now;
}
