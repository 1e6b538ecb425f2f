// Live events: one connection for all tabs of a browser.
//
// The tab that holds the lock keeps the EventSource and tells the others over a
// BroadcastChannel; when it closes, the next tab in line gets the lock and goes
// on. Everybody fetches what changed by itself. Where there are no locks (plain
// HTTP outside this machine) each tab has a connection of its own.
const PATH = '/api/v1/live';
const QUIET_MS = 40000; // heartbeats come every 15 s

const listeners = new Set();
let channel = null;
let source = null;
let watch = null;
let started = false;
let connected = false;

function tell(message) {
    if (message.what === 'link') {
        connected = message.up;
    }
    for (const listener of [...listeners]) {
        listener(message);
    }
}

function spread(message) {
    tell(message);
    channel?.postMessage(message);
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return {};
    }
}

function rearm(giveUp) {
    clearTimeout(watch);
    watch = setTimeout(giveUp, QUIET_MS);
}

/* Runs while this tab keeps the connection; ends only with the tab. The browser
 * itself sends Last-Event-ID when it dials again after a fault; after a new
 * connection ("link", up) every watch asks again, so nothing is missed. */
function connect() {
    const again = () => {
        source?.close();
        spread({ what: 'link', up: false });
        setTimeout(connect, 2000);
    };
    source = new EventSource(PATH);
    rearm(again);
    source.onopen = () => {
        rearm(again);
        spread({ what: 'link', up: true });
    };
    source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) {
            clearTimeout(watch);
            again();
            spread({ what: 'session' }); // refused: perhaps nobody is signed in
        } else {
            spread({ what: 'link', up: false });
        }
    };
    for (const name of ['change', 'status', 'reset', 'heartbeat']) {
        source.addEventListener(name, (event) => {
            rearm(again);
            if (name !== 'heartbeat') {
                spread({ what: name, id: event.lastEventId, data: parse(event.data || '{}') });
            }
        });
    }
}

/** Begin, once somebody is signed in. */
export function startLive() {
    if (started) {
        return;
    }
    started = true;
    if (typeof BroadcastChannel === 'function' && navigator.locks) {
        channel = new BroadcastChannel('lienthong-live');
        channel.onmessage = ({ data }) => {
            if (data.what === 'who') {
                if (source !== null) {
                    channel.postMessage({ what: 'link', up: connected });
                }
            } else {
                tell(data);
            }
        };
        channel.postMessage({ what: 'who' });
        navigator.locks.request('lienthong-live', () => {
            connect();
            return new Promise(() => {}); // kept until the tab goes
        });
    } else {
        connect();
    }
}

/** listener({what: "change"|"status"|"reset"|"link"|"session", id, data, up});
 * returns how to stop. */
export function onLive(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

/** Everything that is watched is asked for again, as after a gap. */
export const askAgain = () => tell({ what: 'reset' });

export const liveNow = () => connected;
export const keepsConnection = () => source !== null;
