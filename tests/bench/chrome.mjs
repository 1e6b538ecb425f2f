// Debian's Chromium, driven over its pipe with nothing switched on.
//
// A driver that follows every request and every live event of eleven pages costs
// as much as the pages: with playwright-core the same journey took three times
// as long (tests/bench/README.md). This one asks for what it needs and hears of
// nothing else. A page has a context of its own (cookies know no
// ports) and the keyboard, like the only one of its machine.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const CHROMIUM = process.env.LT_CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
    '--no-first-run', '--ignore-certificate-errors', '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
    '--remote-debugging-pipe'];
const WAIT_MS = 30000;
const LOOK_MS = 50;
const SHOWN = 300; // letters of a page that lacks something

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* Commands and answers, each ended by a NUL. What the browser tells by itself is
 * passed over. */
function talkOver(out, into) {
    const waiting = new Map();
    let rest = '';
    let last = 0;
    into.setEncoding('utf8');
    into.on('data', (text) => {
        const whole = (rest + text).split('\0');
        rest = whole.pop();
        for (const { id, result, error } of whole.map((line) => JSON.parse(line))) {
            const [done, failed] = waiting.get(id) ?? [];
            waiting.delete(id);
            (error ? failed : done)?.(error ? new Error(error.message) : result);
        }
    });
    into.on('close', () => waiting.forEach(([, failed]) => failed(new Error('Chromium ended'))));
    return (method, params = {}, sessionId = undefined) => new Promise((done, failed) => {
        last += 1;
        waiting.set(last, [done, failed]);
        out.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}

class Page {
    constructor(send) {
        this.send = send;
    }

    /** What @run, a function without a closure, gives in the page for @args. */
    async evaluate(run, ...args) {
        const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
            expression: `(${run})(${args.map((arg) => JSON.stringify(arg)).join(',')})`,
            awaitPromise: true, returnByValue: true });
        if (exceptionDetails) {
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        }
        return result.value;
    }

    async waitFor(selector) {
        const there = () => this.evaluate((sel) => document.querySelector(sel) !== null, selector);
        for (let waited = 0; !await there().catch(() => false); waited += LOOK_MS) {
            if (waited >= WAIT_MS) {
                const text = await this.evaluate(() => document.body.innerText);
                throw new Error(`${selector} never came: ${text.slice(0, SHOWN)}`);
            }
            await pause(LOOK_MS);
        }
    }

    async type(selector, text) {
        await this.evaluate((sel) => document.querySelector(sel).focus(), selector);
        await this.send('Input.insertText', { text });
    }

    async pressEnter() {
        const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
        await this.send('Input.dispatchKeyEvent', { type: 'keyDown', text: '\r', ...key });
        await this.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key });
    }
}

export function launch() {
    const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'lienthong-bench-'));
    const child = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'],
        { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const send = talkOver(child.stdio[3], child.stdio[4]);
    return {
        async open({ url, width, height }) {
            const { browserContextId } = await send('Target.createBrowserContext');
            const { targetId } = await send('Target.createTarget',
                { url, browserContextId, width, height });
            const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
            const page = new Page((method, params) => send(method, params, sessionId));
            await page.send('Emulation.setFocusEmulationEnabled', { enabled: true });
            return page;
        },
        async end() {
            const late = setTimeout(() => child.kill('SIGKILL'), 10000);
            send('Browser.close').catch(() => {});
            await ended;
            clearTimeout(late);
            fs.rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
        },
    };
}
