// The pages begin here: words, who is signed in, which face.
import { html, render, useCallback, useEffect, useState } from '/web/vendor/preact-htm.js';
import { get, post, stillHere, whenRefused } from '/web/lib/api.js';
import { CrowdBar } from '/web/lib/crowds.js';
import { useKeys } from '/web/lib/keys.js';
import { askAgain, onLive, startLive } from '/web/lib/live.js';
import { isShut, setShut } from '/web/lib/lock.js';
import { learnName } from '/web/lib/office.js';
import { Reach } from '/web/lib/reach.js';
import { go, useRoute } from '/web/lib/route.js';
import { chooseLang, langNow, LANGS, loadWords, t } from '/web/lib/words.js';
import { Locked, SignIn, Switch } from '/web/signin.js';

const IDLE_MS = 10 * 60 * 1000;
const TELL_MS = 60 * 1000; // how often the server hears that somebody is at work
const LOCKED_MS = 5000;
const THEME = 'lienthong-theme';
/* Each face is loaded when it is opened. */
const FACES = {
    desk: () => import('/web/desk/desk.js'),
    centre: () => import('/web/centre/centre.js'),
    board: () => import('/web/board/board.js'),
};

const loaded = {}; // faces that are here: drawn with the first answer of who it is

async function loadFace(name) {
    loaded[name] = { name, Page: (await FACES[name]()).default };
    return loaded[name];
}

const asked = () => location.pathname.replace(/^\/|\/$/g, '');

/* What belongs to no face: the office's people, and oneself. */
const OWN = { people: 'People', mine: 'Mine' };
const loadOwn = () => import('/web/people/people.js');

function faceOf(faces) {
    const here = faces.filter((f) => f in FACES);
    return here.includes(asked()) ? asked() : here[0] ?? null;
}

function setTheme(theme) {
    if (theme === null) {
        localStorage.removeItem(THEME);
        delete document.documentElement.dataset.theme;
    } else {
        localStorage.setItem(THEME, theme);
        document.documentElement.dataset.theme = theme;
    }
}

function darkNow() {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

function Tools({ session, onSwitch, onLock, onOut }) {
    const [dark, setDark] = useState(darkNow());
    const other = LANGS.find((l) => l !== langNow());
    return html`<div class="tools">
        ${session && html`<button type="button" class="who plain" title=${t('mine')}
            onClick=${() => go('mine')}>${session.person.shown}</button>`}
        ${session?.person.roles.includes('leader') && html`<button type="button"
            class="wide-only" onClick=${() => go('people')}>${t('people')}</button>`}
        ${session && html`<button type="button" onClick=${onSwitch}>${t('switch_title')}</button>
            <button type="button" class="wide-only" onClick=${onLock}>${t('lock')}</button>
            <button type="button" onClick=${onOut}>${t('signout')}</button>`}
        <button type="button" class="plain" aria-label=${t(dark ? 'theme_light' : 'theme_dark')}
            title=${t(dark ? 'theme_light' : 'theme_dark')} onClick=${() => {
        setTheme(dark ? 'light' : 'dark');
        setDark(!dark);
    }}>${dark ? '☀' : '☾'}</button>
        <button type="button" class="plain" lang=${other} title=${other === 'en' ? 'English' : 'Tiếng Việt'}
            onClick=${() => chooseLang(other)}>${other.toUpperCase()}</button>
    </div>`;
}

function Head({ session, face, ...acts }) {
    return html`<header class="head">
        <img src="/web/icon.svg" alt="" width="28" height="28" />
        <div class="place"><b>${session.office.name}</b>
            <span class="quiet">${face && t(`face_${face}`)}</span></div>
        ${session.faces.length > 1 && html`<nav aria-label=${t('faces')}>
            ${session.faces.map((f) => html`<a key=${f} href=${`/${f}`}
                aria-current=${f === face ? 'page' : undefined}>${t(`face_${f}`)}</a>`)}
        </nav>`}
        <${Tools} session=${session} ...${acts} />
    </header>`;
}

/* Ten minutes without a key or a touch lock the screen, not the work. */
function useIdle(active, onIdle) {
    useEffect(() => {
        if (!active) {
            return undefined;
        }
        let timer = setTimeout(onIdle, IDLE_MS);
        let told = Date.now();
        const alive = () => {
            clearTimeout(timer);
            timer = setTimeout(onIdle, IDLE_MS);
            if (Date.now() - told > TELL_MS) {
                told = Date.now();
                stillHere().catch(() => {});
            }
        };
        const signs = ['keydown', 'pointerdown', 'wheel'];
        signs.forEach((sign) => addEventListener(sign, alive, { passive: true }));
        return () => {
            clearTimeout(timer);
            signs.forEach((sign) => removeEventListener(sign, alive));
        };
    }, [active, onIdle]);
}

/* Nobody touches a wall: it keeps its own session awake. */
function useAwake(active) {
    useEffect(() => {
        const timer = active ? setInterval(() => stillHere().catch(() => {}), TELL_MS) : null;
        return () => clearInterval(timer);
    }, [active]);
}

function Signed({ session, locked, expired, refresh, onOpened, onLock, onOut }) {
    const route = useRoute();
    const name = faceOf(session.faces);
    const [face, setFace] = useState(loaded[name] ?? null);
    const [switching, setSwitching] = useState(false);
    const [own, setOwn] = useState(null);
    useEffect(() => {
        if (name !== null && face?.name !== name) {
            loadFace(name).then(setFace);
        }
    }, [name]);
    const isOwn = route.name in OWN;
    useEffect(() => {
        if (isOwn) {
            loadOwn().then(setOwn);
        }
    }, [isOwn]);
    useKeys(isOwn ? { Escape: () => (document.querySelector('dialog[open]') ? false : go()) } : {},
        [isOwn]);
    useIdle(!locked && name !== 'board', onLock);
    useAwake(!locked && name === 'board');
    useKeys({ 'Ctrl+l': onLock }, []);
    // A page that begins locked is made when it is opened: until then it could load nothing.
    const [begun, setBegun] = useState(!locked);
    useEffect(() => {
        if (!locked) {
            setBegun(true);
        }
    }, [locked]);
    useEffect(() => {
        document.title = `${name ? t(`face_${name}`) : ''} · ${session.office.name}`;
        document.body.className = name ?? '';
    }, [name, session.office.name]);
    const away = locked || expired;
    return html`<div class=${away ? 'under shut' : 'under'} inert=${away}>
        <a class="skip" href="#main" onClick=${(e) => {
        e.preventDefault();
        document.getElementById('main')?.focus();
    }}>${t('skip')}</a>
        <${Head} session=${session} face=${name} onSwitch=${() => setSwitching(true)}
            onLock=${onLock} onOut=${onOut} />
        <main id="main" tabindex="-1">
            ${isOwn && begun ? own && html`<${own[OWN[route.name]]} session=${session}
                key=${route.name + session.person.name} />`
        : name === null ? html`<p class="empty">${t('no_face')}</p>`
        : face === null || !begun ? html`<p class="empty">${t('loading')}</p>`
            : html`<${face.Page} session=${session} key=${session.person.name} />`}
        </main>
        ${begun && name !== 'board' && html`<footer>
            ${name !== null && html`<${CrowdBar} key=${name}
                self=${name === 'desk' ? session.office.id : null} />`}
            <${Reach} self=${session.office.id} /></footer>`}
        ${switching && html`<${Switch} onClose=${() => setSwitching(false)}
            onDone=${async () => {
        await refresh();
        setSwitching(false);
    }} />`}</div>
        ${locked && html`<${Locked} person=${session.person} onDone=${onOpened}
            onLeave=${onOut} />`}
        ${expired && html`<div class="cover"><${SignIn} onDone=${refresh} expired /></div>`}`;
}

/* A lock that the server has not heard of yet: until it has, what it says of the
 * session does not open the screen. */
let lockOwed = false;

async function lockBehind() {
    if (lockOwed) {
        try {
            await post('/session/lock');
        } catch (problem) {
            if (problem.status !== 401) { // nobody is signed in: nothing to lock
                throw problem;
            }
        }
        lockOwed = false;
    }
}

function App() {
    const [state, setState] = useState({ session: null, known: false, locked: false,
        expired: false });
    const refresh = useCallback(async () => {
        try {
            await lockBehind();
            const who = first ?? get('/session');
            first = null;
            const [session] = await Promise.all([who, soon]);
            const opened = isShut() && !session.locked;
            learnName(session.office.id, session.office.name);
            setShut(session.locked);
            setState({ session, known: true, locked: session.locked, expired: false });
            startLive();
            if (opened) { // what the lock refused is asked for again
                askAgain();
            }
        } catch (problem) {
            // An expired session keeps the page and its forms under the sign-in.
            const gone = problem.status === 401;
            setState((old) => {
                setShut(old.session !== null && (gone || old.locked));
                return { ...old, known: true, vouched: problem.code === 'sign_in_offered',
                    locked: old.locked && !gone, expired: old.session !== null && gone };
            });
        }
    }, []);
    useEffect(() => {
        refresh();
        whenRefused(refresh);
        return onLive(({ what }) => what === 'session' && refresh());
    }, []);
    useEffect(() => { // opened elsewhere, or a lock that is still owed
        const timer = state.locked ? setInterval(refresh, LOCKED_MS) : null;
        return () => clearInterval(timer);
    }, [state.locked]);
    const lock = useCallback(() => {
        lockOwed = true;
        setShut(true);
        setState((old) => ({ ...old, locked: true }));
        lockBehind().catch(() => {});
    }, []);
    const opened = async () => {
        lockOwed = false;
        await refresh();
    };
    const out = async () => {
        lockOwed = false;
        await post('/session', {}, undefined, 'DELETE').catch(() => {});
        location.assign('/');
    };
    if (!state.known) {
        return null;
    }
    return state.session === null
        ? html`<div class="bar"><${Tools} session=${null} /></div>
            <${SignIn} onDone=${refresh} vouched=${state.vouched} />`
        : html`<${Signed} ...${state} refresh=${refresh} onOpened=${opened} onLock=${lock} onOut=${out} />`;
}

const theme = localStorage.getItem(THEME);
if (theme) {
    document.documentElement.dataset.theme = theme;
}
// What is known to be needed is fetched while the server says who is here.
const words = loadWords();
const soon = asked() in FACES ? loadFace(asked()).catch(() => {}) : null;
let first = get('/session');
first.catch(() => {});
await words;
document.getElementById('app').textContent = '';
render(html`<${App} />`, document.getElementById('app'));
