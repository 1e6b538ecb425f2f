// Two figures of the pages, in one browser with one clock: prints one JSON object.
//
//   faces.mjs warning [COMMUNES] [SECONDS]   from the commune's key to the
//       province's open page, a warning a second from each commune's phone
//   faces.mjs usable [ROUNDS]                from opening the centre of a province
//       of 168 communes and 20,000 open cases until it can be worked with: the main
//       thread's own time on a processor four times as slow
//
// LT_WEB_OUT has the modules of tests/web/prepare, LT_BIN the programs.
import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { open, shut, signIn, SIZES, withWorld } from '../web/lib.mjs';
import { launch } from './chrome.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const part = (all, q) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1,
    Math.ceil(all.length * q) - 1)];

async function plant(communes) {
    const child = spawn('python3', [path.join(HERE, '../web/tree.py'), '--communes', communes],
        { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const tree = JSON.parse((await lines.next()).value);
    tree.end = () => new Promise((resolve) => {
        child.on('exit', resolve);
        child.stdin.end();
    });
    return tree;
}

/* The centre notes when each incident first stands in its page, and closes it,
 * so that the list stays as short as a list of what is going on is. */
const watchThem = () => {
    globalThis.seen = {};
    new MutationObserver(async () => {
        const { post, idPath } = await import('/web/lib/api.js');
        for (const a of document.querySelectorAll('.running li a')) {
            const id = decodeURIComponent(a.hash.split('/')[2] ?? '');
            if (a.hash.startsWith('#/incident/') && !(id in globalThis.seen)) {
                globalThis.seen[id] = Date.now();
                post(`/incidents/${idPath(id)}/close`, { reason: 'error' }).catch(() => {});
            }
        }
    }).observe(document.body, { childList: true, subtree: true });
};

/* The key: Enter on the button that sends, which is what a third touch presses. */
const raiseEverySecond = async (seconds) => {
    const { post } = await import('/web/lib/api.js');
    const sent = {};
    const button = document.createElement('button');
    document.body.append(button);
    for (let i = 0; i < seconds; i++) {
        const due = new Promise((resolve) => setTimeout(resolve, 1000));
        const key = new Promise((resolve) => button.addEventListener('click', resolve, { once: true }));
        button.click();
        await key;
        const at = Date.now();
        const answer = await post('/incidents', { place: 'Trụ sở xã', subject: 'đất đai',
            field: 'land', people: 10 + i });
        sent[answer.id] = at;
        await due;
    }
    return sent;
};

async function warning(communes, seconds) {
    const tree = await plant(communes);
    const chrome = launch();
    try {
        const enter = async (node, face, name, size) => {
            const page = await chrome.open({ url: `${tree[node].url}/${face}`, ...SIZES[size] });
            await page.waitFor('#s-secret');
            await page.type('#s-name', name);
            await page.type('#s-secret', tree.password);
            await page.pressEnter();
            await page.waitFor('#main > :not(.empty)');
            return page;
        };
        const centre = await enter('p', 'centre', 'hoa', 'desk');
        await centre.waitFor('tbody tr');
        await centre.evaluate(watchThem);
        const desks = [];
        for (let i = 1; i <= communes; i++) {
            const desk = await enter(`c${i}`, 'desk', 'dung', 'phone');
            await desk.evaluate(() => globalThis.location.assign('#/crowd')); // where one is who warns
            await desk.waitFor('.touch');
            desks.push(desk);
        }
        await Promise.all(desks.map((desk) => desk.evaluate(raiseEverySecond, 2))); // what they need once
        const sent = Object.assign({}, ...await Promise.all(desks.map(async (desk, i) => {
            await new Promise((resolve) => setTimeout(resolve, i * 1000 / communes));
            return desk.evaluate(raiseEverySecond, seconds);
        })));
        const seen = () => centre.evaluate(() => globalThis.seen);
        const missing = async () => {
            const now = await seen();
            return Object.keys(sent).filter((id) => !(id in now)).length;
        };
        for (let i = 0; await missing() > 0; i++) { // for a minute and a half
            if (i === 900) {
                throw new Error(`${await missing()} of ${Object.keys(sent).length} never came`);
            }
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        const at = await seen();
        const took = Object.entries(sent).map(([id, when]) => at[id] - when);
        return { warnings: took.length, p50_ms: part(took, 0.5), p99_ms: part(took, 0.99),
            most_ms: Math.max(...took) };
    } finally {
        await chrome.end();
        await tree.end();
    }
}

async function usable(rounds) {
    return withWorld({ self: 1, kind: 'province', name: 'Tỉnh Tây Ninh', role: 'leader',
        units: 168, cases: 20000 }, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url, { face: 'centre' });
        await page.waitForSelector('tbody tr:nth-child(168)');
        // The main thread's own time, four times: what else this machine does
        // is not the page's.
        const cdp = await page.context().newCDPSession(page);
        await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
        const spent = async () => (await cdp.send('Performance.getMetrics')).metrics
            .find((m) => m.name === 'TaskDuration').value * 1000;
        const took = [];
        for (let i = 0; i < rounds; i++) {
            await page.goto('about:blank');
            const before = await spent();
            await page.goto(`${url}/centre`, { waitUntil: 'commit' });
            await page.waitForSelector('.units tbody tr:nth-child(168)');
            await page.evaluate(() => new Promise(requestAnimationFrame));
            took.push(Math.round((await spent() - before) * 4));
        }
        return { rounds: took, p50_ms: part(took, 0.5) };
    });
}

const [what, ...numbers] = process.argv.slice(2);
const [a, b] = numbers.map(Number);
let failed = null;
try {
    console.log(JSON.stringify(what === 'warning' ? await warning(a || 10, b || 30)
        : await usable(a || 5)));
} catch (fault) {
    failed = fault;
    console.error(fault.stack);
}
await shut();
process.exit(failed ? 1 : 0);
