// What the browser tests are written with: Debian's Chromium through
// playwright-core, axe-core, pictures kept under the build folder.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeWorld, serve } from './fixture.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
export const WEB = path.resolve(HERE, '../../daemon/web');
export const OUT = process.env.LT_WEB_OUT ?? path.resolve(HERE, '../../build/web');
const modules = createRequire(path.join(OUT, 'modules', 'here.js'));
const CHROMIUM = process.env.LT_CHROMIUM ?? '/usr/bin/chromium';

/* LT_WEB_AT=HH:MM sets what time it is in Vietnam, for the tests and for the
 * pages, so that the hours around midnight can be tried at noon. */
const MOVED_BY = (() => {
    const [, h, m] = /^(\d\d):(\d\d)$/.exec(process.env.LT_WEB_AT ?? '') ?? [];
    return h === undefined ? 0 : ((h * 60 + +m - 420) * 60e3 - (Date.now() % 864e5) + 864e5) % 864e5;
})();

function moveClock(by) {
    const Real = Date;
    globalThis.Date = class extends Real {
        constructor(...given) {
            super(...(given.length ? given : [Real.now() + by]));
        }

        static now() {
            return Real.now() + by;
        }
    };
}

if (MOVED_BY) {
    moveClock(MOVED_BY);
}

export class Failed extends Error {}

export function check(holds, message) {
    if (!holds) {
        throw new Failed(message);
    }
}

export const SIZES = {
    phone: { width: 360, height: 740 }, small: { width: 1024, height: 768 },
    desk: { width: 1366, height: 768 }, wall: { width: 1920, height: 1080 },
};

let browser = null;

export async function open({ size = 'desk', lang = 'vi', dark = false, url, context, touch } = {}) {
    const { chromium } = modules('playwright-core');
    browser ??= await chromium.launch({ executablePath: CHROMIUM, timeout: 60000,
        args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
    const place = context ?? await browser.newContext({ viewport: SIZES[size],
        colorScheme: dark ? 'dark' : 'light', hasTouch: touch ?? size === 'phone',
        ignoreHTTPSErrors: true, timezoneId: 'Asia/Ho_Chi_Minh' });
    if (lang !== 'vi') {
        await place.addCookies([{ name: 'lang', value: lang, url }]);
    }
    if (MOVED_BY) {
        await place.addInitScript(`(${moveClock})(${MOVED_BY})`);
    }
    const page = await place.newPage();
    page.setDefaultTimeout(15000);
    page.faults = [];
    page.on('pageerror', (e) => page.faults.push(`script: ${e.message}`));
    page.on('console', (m) => {
        // A refused answer is shown to the reader; the browser notes it as well.
        if (m.type() === 'error' && !/Failed to load resource|net::ERR/.test(m.text())) {
            page.faults.push(`console: ${m.text()}`);
        }
    });
    const outside = [];
    page.on('request', (r) => {
        if (!r.url().startsWith(url) && !r.url().startsWith('data:')) {
            outside.push(r.url());
        }
    });
    page.outside = outside;
    return page;
}

export async function signIn(page, url, { face = '', name = 'lan', secret = 'mat-khau-dai' } = {}) {
    await page.goto(`${url}/${face}`);
    await page.fill('#s-name', name);
    await page.fill('#s-secret', secret);
    await page.press('#s-secret', 'Enter');
    await page.waitForSelector('#main > :not(.empty)');
}

/** No serious fault for people who cannot see, hear or point. */
export async function axe(page, what) {
    await page.evaluate(fs.readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a',
        'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
    const bad = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact));
    check(bad.length === 0, `${what}: ${bad.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) =>
        `${n.target} ${n.failureSummary}`).join('; ')}`).join(' | ')}`);
}

/** Nothing to the side of the screen, nothing from outside, no fault of a script. */
export async function tidy(page, what) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth
        - document.documentElement.clientWidth);
    check(wide <= 0, `${what}: ${wide} pixels to the side`);
    const missing = await page.evaluate(() => /⟦[^⟧]*⟧/.exec(document.body.innerText)?.[0]);
    check(!missing, `${what}: a word is missing: ${missing}`);
    check(page.outside.length === 0, `${what}: asked outside: ${page.outside}`);
    check(page.faults.length === 0, `${what}: ${page.faults.join('; ')}`);
}

export async function picture(page, name) {
    fs.mkdirSync(path.join(OUT, 'pictures'), { recursive: true });
    await page.screenshot({ path: path.join(OUT, 'pictures', `${name}.png`) });
}

/** No serious fault, nothing beside the screen, a picture: in one go. */
export async function look(page, name, { soft = false } = {}) {
    await picture(page, name);
    await tidy(page, name);
    if (!soft) {
        await axe(page, name);
    }
}

/** Can all of @selector be seen without scrolling anything? */
export async function inSight(page, selector, what) {
    const hidden = await page.evaluate((sel) => {
        const found = [...document.querySelectorAll(sel)];
        const out = found.filter((el) => {
            const r = el.getBoundingClientRect();
            const top = document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
            return r.width === 0 || r.bottom > innerHeight || r.right > innerWidth || r.top < 0
                || !top || !(el.contains(top) || top.contains(el));
        });
        return found.length === 0 ? 'there is none' : out.length ? out[0].innerText || 'one' : '';
    }, selector);
    check(hidden === '', `${what}: not in sight: ${hidden}`);
}

export async function withWorld(options, run) {
    const world = makeWorld(options);
    const server = await serve(world, WEB);
    try {
        return await run(world, server.url);
    } finally {
        server.close();
    }
}

/** The first true answer of ask(), asked again for at most 15 s. */
export async function until(ask, what) {
    const end = Date.now() + 15000;
    for (;;) {
        const answer = await ask();
        if (answer) {
            return answer;
        }
        check(Date.now() < end, `waited in vain: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

export const shut = () => browser?.close();

/** Run the tests named on the command line, or all. */
export async function main(tests) {
    const asked = process.argv.slice(2).filter((a) => !a.startsWith('-'));
    let failed = 0;
    for (const name of asked.length ? asked : Object.keys(tests)) {
        const began = Date.now();
        try {
            await tests[name]();
            console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
        } catch (fault) {
            failed += 1;
            console.log(`FAIL ${name}: ${fault instanceof Failed ? fault.message : fault.stack}`);
        }
    }
    await browser?.close();
    process.exit(failed ? 1 : 0);
}
