// The pages begin here: words, who is signed in, which face.
import { html, render, useCallback, useEffect, useState } from '/web/vendor/preact-htm.js';
import { get, post, stillHere, whenRefused } from '/web/lib/api.js';
import { useKeys } from '/web/lib/keys.js';
import { onLive, startLive } from '/web/lib/live.js';
import { learnName } from '/web/lib/office.js';
import { Reach } from '/web/lib/reach.js';
import { chooseLang, langNow, LANGS, loadWords, t } from '/web/lib/words.js';
import { Locked, SignIn, Switch } from '/web/signin.js';

const IDLE_MS = 10 * 60 * 1000;
const TELL_MS = 60 * 1000; // how often the server hears that somebody is at work
const THEME = 'lienthong-theme';
/* Each face is loaded when it is opened. */
const FACES = {
    desk: () => import('/web/desk/desk.js'),
    centre: () => import('/web/centre/centre.js'),
    board: () => import('/web/board/board.js'),
};

const asked = () => location.pathname.replace(/^\/|\/$/g, '');

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
        <span class="who">${session?.person.shown}</span>
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

function Signed({ session, locked, expired, refresh, onLock, onOut }) {
    const [face, setFace] = useState(null);
    const [switching, setSwitching] = useState(false);
    const name = faceOf(session.faces);
    useEffect(() => {
        if (name !== null) {
            FACES[name]().then((m) => setFace({ name, Page: m.default }));
        }
    }, [name]);
    useIdle(!locked && name !== 'board', onLock);
    useAwake(!locked && name === 'board');
    useKeys({ 'Ctrl+l': onLock }, []);
    useEffect(() => {
        document.title = `${name ? t(`face_${name}`) : ''} · ${session.office.name}`;
        document.body.className = name ?? '';
    }, [name, session.office.name]);
    return html`<a class="skip" href="#main" onClick=${(e) => {
        e.preventDefault();
        document.getElementById('main')?.focus();
    }}>${t('skip')}</a>
        <${Head} session=${session} face=${name} onSwitch=${() => setSwitching(true)}
            onLock=${onLock} onOut=${onOut} />
        <main id="main" tabindex="-1">
            ${name === null ? html`<p class="empty">${t('no_face')}</p>`
        : face === null ? html`<p class="empty">${t('loading')}</p>`
            : html`<${face.Page} session=${session} key=${session.person.name} />`}
        </main>
        ${name !== 'board' && html`<footer><${Reach} self=${session.office.id} /></footer>`}
        ${switching && html`<${Switch} onClose=${() => setSwitching(false)}
            onDone=${async () => {
        await refresh();
        setSwitching(false);
    }} />`}
        ${locked && html`<${Locked} person=${session.person} onDone=${refresh}
            onLeave=${onOut} />`}
        ${expired && html`<div class="cover"><${SignIn} onDone=${refresh} expired /></div>`}`;
}

function App() {
    const [state, setState] = useState({ session: null, known: false, locked: false,
        expired: false });
    const refresh = useCallback(async () => {
        try {
            const session = await get('/session');
            learnName(session.office.id, session.office.name);
            setState({ session, known: true, locked: session.locked, expired: false });
            startLive();
        } catch (problem) {
            // An expired session keeps the page and its forms under the sign-in.
            setState((old) => ({ ...old, known: true,
                expired: old.session !== null && problem.status === 401 }));
        }
    }, []);
    useEffect(() => {
        refresh();
        whenRefused(refresh);
        return onLive(({ what }) => what === 'session' && refresh());
    }, []);
    const lock = useCallback(() => {
        setState((old) => ({ ...old, locked: old.session !== null }));
        post('/session/lock').catch(() => {});
    }, []);
    const out = async () => {
        await post('/session', {}, undefined, 'DELETE').catch(() => {});
        location.assign('/');
    };
    if (!state.known) {
        return null;
    }
    return state.session === null
        ? html`<div class="bar"><${Tools} session=${null} /></div>
            <${SignIn} onDone=${refresh} />`
        : html`<${Signed} ...${state} refresh=${refresh} onLock=${lock} onOut=${out} />`;
}

const theme = localStorage.getItem(THEME);
if (theme) {
    document.documentElement.dataset.theme = theme;
}
// What is known to be needed is fetched while the server says who is here.
FACES[asked()]?.().catch(() => {});
await loadWords();
document.getElementById('app').textContent = '';
render(html`<${App} />`, document.getElementById('app'));
