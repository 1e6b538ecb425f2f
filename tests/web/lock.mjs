// The locked screen and who comes in: it cannot be put away, shows nothing, lets no
// key through, and still says how many crowds wait.
import { check, look, main, open, signIn, until, withWorld } from './lib.mjs';
import { happen, makeIncident, officeId } from './fixture.mjs';

const PROVINCE = { self: 1, kind: 'province', name: 'Tỉnh Tây Ninh', role: 'leader', units: 24 };
const ago = (minutes) => new Date(Date.now() - minutes * 60e3).toISOString();
const isLocked = (page) => page.locator('dialog[open] #u-secret').isVisible();

/* What an eye sees of the page behind: nothing that is drawn has text. */
const drawnBehind = (page) => page.evaluate(() => [...document.querySelectorAll('#app *')]
    .filter((el) => !el.closest('dialog') && getComputedStyle(el).visibility !== 'hidden'
        && el.getClientRects().length > 0
        && [...el.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ''))
    .map((el) => el.textContent.trim()).slice(0, 3).join(' | '));

async function unlock(page) {
    await page.fill('#u-secret', '1234');
    await page.keyboard.press('Enter');
    await until(async () => await page.locator('dialog[open]').count() === 0, 'unlocking');
}

async function no_key_opens_it() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F4');
        await page.waitForSelector('.fields');
        await page.click('text=Khóa màn hình');
        await page.waitForSelector('dialog[open]');
        const where = page.url();
        for (let i = 0; i < 6; i++) {
            await page.keyboard.press('Escape');
        }
        await page.waitForTimeout(100);
        check(await isLocked(page), 'Esc put the locked screen away');
        // What no key does, the browser itself may: a phone's way back, for one.
        await page.evaluate(() => document.querySelector('dialog').close());
        await until(() => isLocked(page), 'the locked screen to come back');
        for (const key of ['F2', 'F8', 'Escape', 'Control+Enter']) {
            await page.keyboard.press(key);
        }
        await page.evaluate(() => document.activeElement.blur());
        await page.keyboard.press('/');
        check(page.url() === where, `a key led to ${page.url()}`);
        check(await page.locator('.fields').count() === 1, 'the form is gone');
        check(await drawnBehind(page) === '', `can be read: ${await drawnBehind(page)}`);
        check(await page.evaluate(() => {
            document.querySelector('.fields input').focus();
            return document.activeElement.closest('dialog') !== null
                || document.activeElement === document.body;
        }), 'a field behind takes what is typed');
        await unlock(page);
        check(await drawnBehind(page) !== '', 'the page is not back');
        await page.context().close();
    });
}

async function shown_names_are_gone() {
    await withWorld({}, async (world, url) => {
        const { makeCase } = await import('./fixture.mjs');
        const item = makeCase(world);
        world.cases.push(item);
        world.register.push({ case: item.id, name: 'Giàng Thị Mỷ' });
        const page = await open({ url });
        await signIn(page, url);
        await page.goto(`${url}/desk#/case/${encodeURIComponent(item.id)}`);
        await page.click('text=Hiện tên');
        await page.waitForSelector('text=Giàng Thị Mỷ');
        await page.click('text=Khóa màn hình');
        await page.waitForSelector('dialog[open]');
        await until(async () => !(await page.content()).includes('Giàng Thị Mỷ'), 'the name to go');
        await unlock(page);
        check(!(await page.content()).includes('Giàng Thị Mỷ'), 'the name came back');
        await page.context().close();
    });
}

/* The server has not heard of the lock: what it says then does not open the screen. */
async function locked_without_a_server() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.waitForSelector('.places a');
        world.fail = 'drop';
        await page.click('text=Khóa màn hình');
        await page.waitForSelector('dialog[open]');
        await until(() => world.requests.includes('POST /api/v1/session/lock'), 'the lock');
        world.fail = null;
        await until(() => world.locked, 'the server to be told');
        check(await isLocked(page), 'the screen opened by itself');
        await unlock(page);
        await page.context().close();
    });
}

/* On every page of the centre, and over its locked screen as a number. */
async function a_new_crowd_is_told_everywhere() {
    await withWorld(PROVINCE, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url, { face: 'centre' });
        await page.waitForSelector('tbody tr');
        await page.goto(`${url}/centre#/track`);
        await page.waitForSelector('.sheet');
        await until(() => world.listeners.size === 1, 'the live line');
        check(await page.locator('.crowd-bar').count() === 0, 'a bar without a crowd');
        const old = makeIncident(world, { origin: officeId(9), raised_at: ago(5) });
        happen(world, 'incident', makeIncident(world, { origin: officeId(12), raised_at: ago(2) }),
            'INCIDENT_RAISED');
        happen(world, 'incident', old, 'INCIDENT_RAISED');
        await page.waitForSelector('.crowd-bar >> text=2 nơi đông người chưa ai nhận');
        await look(page, 'centre-crowd-bar');
        await page.click('.crowd-bar');
        await page.waitForSelector('.facts');
        check(decodeURIComponent(page.url()).endsWith(old.id), `it led to ${page.url()}`);
        await page.click('text=Khóa màn hình');
        await page.waitForSelector('dialog .crowd-bar >> text=2 nơi đông người');
        await look(page, 'locked-crowds');
        const asked = world.requests.length;
        world.incidents.unshift(makeIncident(world, { origin: officeId(14), place: 'Chợ Cũ' }));
        await page.waitForSelector('dialog .crowd-bar >> text=3 nơi đông người');
        const others = world.requests.slice(asked).filter((r) => !/^GET \/api\/v1\/(session|live)/.test(r));
        check(others.length === 0, `a locked page asks ${others}`);
        check(!(await page.content()).includes('Chợ Cũ'), 'a locked screen was told where');
        await unlock(page);
        await page.waitForSelector('footer .crowd-bar >> text=3 nơi đông người');
        await page.click('nav >> text=Bàn tiếp công dân');
        await page.waitForSelector('.big');
        await page.waitForSelector('footer .crowd-bar >> text=3 nơi đông người');
        await page.context().close();
    });
}

/* A page that was loaded while locked shows what there is once it is opened. */
async function nothing_is_zero_before_it_is_known() {
    await withWorld(PROVINCE, async (world, url) => {
        world.incidents.push(makeIncident(world, { origin: officeId(9), raised_at: ago(5) }));
        const page = await open({ url });
        await signIn(page, url, { face: 'centre' });
        await page.waitForSelector('.running li');
        await page.click('text=Khóa màn hình');
        await page.waitForSelector('dialog[open]');
        await page.reload();
        await page.waitForSelector('dialog[open]');
        await page.evaluate(() => {
            globalThis.zeros = [];
            new MutationObserver(() => {
                const found = [...document.querySelectorAll('.running .count, .units .count')]
                    .map((el) => el.textContent).filter((n) => n === '0');
                globalThis.zeros.push(...found);
            }).observe(document.getElementById('app'), { childList: true, subtree: true,
                characterData: true });
        });
        await unlock(page);
        await page.waitForSelector('.running li');
        await page.waitForSelector('tbody tr');
        const zeros = await page.evaluate(() => globalThis.zeros);
        check(zeros.length === 0, `${zeros.length} zeros before anything was known`);
        await page.context().close();
    });
}

async function signed_in_as_phones_type() {
    await withWorld({}, async (world, url) => {
        const page = await open({ size: 'phone', url });
        await page.goto(url);
        await page.waitForSelector('#s-name');
        await page.tap('button.main');
        check(/Hãy điền: Tên đăng nhập/.test(await page.innerText('.problem')), 'no words of our own');
        check(await page.evaluate(() => document.activeElement.id) === 's-name', 'not led there');
        await page.fill('#s-name', 'Lan ');
        await page.tap('button.main');
        check(/Hãy điền: /.test(await page.innerText('.problem')), 'an empty password was sent');
        check(!world.requests.includes('POST /api/v1/session'), 'it was sent');
        await page.fill('#s-secret', 'mat-khau-dai');
        await page.press('#s-secret', 'Enter');
        await page.waitForSelector('.places a');
        await page.context().close();
    });
}

await main({ no_key_opens_it, shown_names_are_gone, locked_without_a_server,
    a_new_crowd_is_told_everywhere, nothing_is_zero_before_it_is_known, signed_in_as_phones_type });
