// Each face once in Debian's Firefox (ESR), which playwright-core cannot drive: by
// WebDriver BiDi, that every Firefox speaks, over a WebSocket of a page of code.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { makeIncident, officeId } from './fixture.mjs';
import { check, main, OUT, until, withWorld } from './lib.mjs';

const FIREFOX = process.env.LT_FIREFOX ?? '/usr/bin/firefox-esr';
const ANSWER_MS = 60000;
const START_MS = 60000;

/* Messages over a socket that has become a WebSocket: text frames, ours masked. */
class Wire {
    constructor(socket, tell) {
        this.socket = socket;
        this.bytes = Buffer.alloc(0);
        this.parts = [];
        socket.on('data', (more) => {
            this.bytes = Buffer.concat([this.bytes, more]);
            for (let frame = this.take(); frame !== null; frame = this.take()) {
                this.parts.push(frame.body);
                if (frame.last) {
                    tell(JSON.parse(Buffer.concat(this.parts.splice(0)).toString()));
                }
            }
        });
    }

    take() {
        const b = this.bytes;
        const short = b.length < 2 ? 0 : b[1] & 127;
        const at = short === 127 ? 10 : short === 126 ? 4 : 2;
        if (b.length < at) {
            return null;
        }
        const len = short === 127 ? Number(b.readBigUInt64BE(2)) : short === 126
            ? b.readUInt16BE(2) : short;
        if (b.length < at + len) {
            return null;
        }
        this.bytes = b.subarray(at + len);
        return { last: (b[0] & 128) !== 0, body: b.subarray(at, at + len) };
    }

    send(message) {
        const body = Buffer.from(JSON.stringify(message));
        const head = Buffer.alloc(body.length < 126 ? 2 : body.length < 65536 ? 4 : 10);
        head[0] = 0x81;
        head[1] = 0x80 | (head.length === 2 ? body.length : head.length === 4 ? 126 : 127);
        if (head.length === 4) {
            head.writeUInt16BE(body.length, 2);
        } else if (head.length === 10) {
            head.writeBigUInt64BE(BigInt(body.length), 2);
        }
        const mask = crypto.randomBytes(4);
        this.socket.write(Buffer.concat([head, mask, body.map((x, i) => x ^ mask[i % 4])]));
    }
}

async function connect(at, tell) {
    const { hostname, port } = new URL(at);
    const socket = net.connect(Number(port), hostname);
    const opened = new Promise((resolve, reject) => {
        let head = '';
        const read = (more) => {
            head += more.toString('latin1');
            if (head.includes('\r\n\r\n')) {
                socket.off('data', read);
                (/^HTTP\/1\.1 101/.test(head) ? resolve : reject)(new Error(head));
            }
        };
        socket.on('data', read);
        socket.on('error', reject);
    });
    socket.write(`GET /session HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\n`
        + 'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n'
        + `Sec-WebSocket-Key: ${crypto.randomBytes(16).toString('base64')}\r\n\r\n`);
    await opened;
    return new Wire(socket, tell);
}

/* One Firefox with a profile of its own, and one tab of it. */
class Firefox {
    async start() {
        const fox = this;
        fox.profile = fs.mkdtempSync(path.join(os.tmpdir(), 'lt-firefox-'));
        fox.waiting = new Map();
        fox.asked = 0;
        fox.faults = [];
        fox.child = spawn(FIREFOX, ['--headless', '--no-remote', '--profile', fox.profile,
            '--remote-debugging-port', '0', 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'],
            env: { ...process.env, HOME: fox.profile, MOZ_CRASHREPORTER_DISABLE: '1', TZ: 'Asia/Ho_Chi_Minh' } });
        let said = '';
        const at = await new Promise((resolve, reject) => {
            const give = setTimeout(() => reject(new Error(`Firefox says nothing: ${said}`)), START_MS);
            fox.child.on('error', reject);
            fox.child.on('exit', () => reject(new Error(`Firefox ended: ${said.slice(-800)}`)));
            fox.child.stderr.on('data', (more) => {
                said += more;
                const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
                if (found) {
                    clearTimeout(give);
                    resolve(found[1]);
                }
            });
        });
        fox.wire = await connect(at, (message) => fox.heard(message));
        const session = await fox.ask('session.new', { capabilities: { alwaysMatch: {
            acceptInsecureCerts: true } } });
        fox.version = session.capabilities.browserVersion;
        await fox.ask('session.subscribe', { events: ['log.entryAdded'] });
        const { contexts } = await fox.ask('browsingContext.getTree', {});
        fox.context = contexts[0].context;
    }

    heard(message) {
        if (message.type === 'event') {
            const { level, text } = message.params;
            if (level === 'error') {
                this.faults.push(text);
            }
            return;
        }
        const { resolve, reject, timer } = this.waiting.get(message.id);
        this.waiting.delete(message.id);
        clearTimeout(timer);
        if (message.type === 'error') {
            reject(new Error(`${message.error}: ${message.message}`));
        } else {
            resolve(message.result);
        }
    }

    ask(method, params) {
        return new Promise((resolve, reject) => {
            const id = ++this.asked;
            const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), ANSWER_MS);
            this.waiting.set(id, { resolve, reject, timer });
            this.wire.send({ id, method, params });
        });
    }

    goto(url) {
        return this.ask('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
    }

    size(width, height) {
        return this.ask('browsingContext.setViewport', { context: this.context,
            viewport: { width, height } });
    }

    /** What the expression comes to in the page, as JSON. */
    async get(expression) {
        const { result, exceptionDetails } = await this.ask('script.evaluate', {
            expression: `(async () => JSON.stringify(await (${expression})))()`,
            target: { context: this.context }, awaitPromise: true });
        check(!exceptionDetails, `${expression}: ${exceptionDetails?.text}`);
        return result.value === undefined ? null : JSON.parse(result.value);
    }

    wait(selector, text = '') {
        return until(() => this.get(`[...document.querySelectorAll(${JSON.stringify(selector)})].some(
            (e) => e.innerText.includes(${JSON.stringify(text)}))`), `${selector} ${text}`);
    }

    act(type, actions) {
        return this.ask('input.performActions', { context: this.context, actions: [{ type, id: type,
            ...(type === 'pointer' ? { parameters: { pointerType: 'mouse' } } : {}), actions }] });
    }

    /** The @n-th of @selector, pressed where it is. */
    async click(selector, n = 0) {
        await this.wait(selector);
        const { x, y } = await this.get(`(() => {
            const e = document.querySelectorAll(${JSON.stringify(selector)})[${n}];
            e.scrollIntoView({ block: 'center' });
            const r = e.getBoundingClientRect();
            return { x: Math.round(r.x + r.width / 2), y: Math.round(r.y + r.height / 2) };
        })()`);
        await this.act('pointer', [{ type: 'pointerMove', x, y }, { type: 'pointerDown', button: 0 },
            { type: 'pointerUp', button: 0 }]);
    }

    /** Keys, one after the other; a word of WebDriver's table for one that is no letter. */
    type(...keys) {
        return this.act('key', keys.flatMap((value) => [{ type: 'keyDown', value },
            { type: 'keyUp', value }]));
    }

    async fill(selector, text) {
        await this.click(selector);
        await this.type(...text);
    }

    async picture(name) {
        const { data } = await this.ask('browsingContext.captureScreenshot',
            { context: this.context });
        fs.mkdirSync(path.join(OUT, 'pictures'), { recursive: true });
        fs.writeFileSync(path.join(OUT, 'pictures', `firefox-${name}.png`),
            Buffer.from(data, 'base64'));
    }

    /** Nothing beside the screen, no word missing, no fault of a script or of the policy. */
    async tidy(what) {
        const { wide, missing } = await this.get(`({ wide: document.documentElement.scrollWidth
            - document.documentElement.clientWidth,
            missing: /⟦[^⟧]*⟧/.exec(document.body.innerText)?.[0] ?? null })`);
        check(wide <= 0 && missing === null, `${what}: ${wide} pixels to the side, ${missing}`);
        check(this.faults.length === 0, `${what}: ${this.faults.join('; ')}`);
        await this.picture(what);
    }

    async end() {
        const gone = new Promise((resolve) => {
            this.child.on('exit', resolve);
        });
        this.child.kill('SIGTERM');
        const hard = setTimeout(() => this.child.kill('SIGKILL'), 10000);
        await gone;
        clearTimeout(hard);
        fs.rmSync(this.profile, { recursive: true, force: true, maxRetries: 3 });
    }
}

const F4 = '\uE034';
const ENTER = '\uE007';

async function signIn(fox, url, face) {
    await fox.goto(`${url}/${face}`);
    await fox.fill('#s-name', 'lan');
    await fox.fill('#s-secret', 'mat-khau-dai');
    await fox.type(ENTER);
    await fox.wait('#main > :not(.empty)');
}

/* A warning in three touches, and a form whose letters are those that were typed. */
async function desk(fox) {
    await withWorld({}, async (world, url) => {
        await fox.size(1366, 768);
        await signIn(fox, url, 'desk');
        await fox.wait('.line', '✓');
        await fox.tidy('desk');
        await fox.click('.places a', 1);
        await fox.click('.touches button', 1);
        await fox.click('.touches button', 0);
        await fox.wait('p.done');
        check(world.incidents.length === 1 && world.incidents[0].people === 30,
            JSON.stringify(world.incidents));
        await fox.goto(`${url}/desk#/`);
        await fox.wait('.big');
        await fox.type(F4);
        await fox.click('[value=by_post]');
        await fox.click('[value=recommendation]');
        await fox.fill('#f-field', 'dat dai');
        await fox.type(ENTER);
        check(/Đất/.test(await fox.get("document.querySelector('#f-field').value")),
            'chosen without marks');
        await fox.tidy('desk-f4');
        await fox.size(360, 740);
        await fox.tidy('desk-f4-phone');
    });
}

/* A crowd arrives while the page is open, and is taken by one press. */
async function centre(fox) {
    await withWorld({ self: 1, kind: 'province', name: 'Tỉnh Tây Ninh', role: 'leader', units: 24 },
        async (world, url) => {
            await fox.size(1366, 768);
            world.incidents.push(makeIncident(world, { origin: officeId(9), people: 50 }));
            await signIn(fox, url, 'centre');
            await fox.wait('.running li.untaken');
            await fox.wait('tbody tr');
            await fox.tidy('centre');
            await fox.click('.running li.untaken button');
            await until(() => world.incidents[0].state === 'taken', 'the crowd to be taken');
            await until(async () => await fox.get(
                "document.querySelectorAll('.running li.untaken').length") === 0, 'the page to say so');
        });
}

async function board(fox) {
    await withWorld({ self: 1, kind: 'province', name: 'Tỉnh Tây Ninh', role: 'leader', units: 24 },
        async (world, url) => {
            await fox.size(1920, 1080);
            world.incidents.push(makeIncident(world, { origin: officeId(9), people: 50 }));
            await signIn(fox, url, 'board');
            await fox.wait('.four');
            await fox.wait('.u-wrap');
            const below = await fox.get('document.documentElement.scrollHeight - innerHeight');
            check(below <= 0, `the wall scrolls by ${below}`);
            await fox.tidy('board');
        });
}

/* One Firefox for all of it: it takes the longest to start. */
async function each_face_in_firefox() {
    const fox = new Firefox();
    try {
        await fox.start();
        console.log(`     Firefox ${fox.version}`);
        for (const face of [desk, centre, board]) {
            await face(fox);
        }
    } finally {
        await fox.end();
    }
}

await main({ each_face_in_firefox });
