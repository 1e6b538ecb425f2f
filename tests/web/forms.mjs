// The forms: by keyboard alone, typed as Vietnamese typing tools do, kept when the
// page goes, and nothing of the register's rows in what replicates.
import { check, look, main, open, picture, signIn, until, withWorld } from './lib.mjs';
import { makeCase } from './fixture.mjs';

const PRIVATE = ['Lò Thị Ảnh', 'Thôn Bản Nà, tổ 4', '079300123456'];

async function visit_in_a_minute_by_keyboard() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        const began = Date.now();
        const next = () => page.keyboard.press('Tab');
        await until(() => page.evaluate(() => document.activeElement?.name === 'x-form'), 'focus');
        await next();
        await page.keyboard.press('1'); // complaint
        await next(); // people
        await next();
        await next(); // earlier receipt
        await page.keyboard.insertText(PRIVATE[0]);
        await next();
        await page.keyboard.insertText(PRIVATE[1]);
        await next();
        await page.keyboard.insertText(PRIVATE[2]);
        await next();
        await next(); // result told by
        await page.keyboard.type('dat dai');
        await page.keyboard.press('Enter');
        await next();
        await page.keyboard.insertText('UBND huyện');
        await next();
        await page.keyboard.insertText('12/QĐ-UBND');
        await next();
        await page.keyboard.type('5/3/26');
        await next();
        check(/05\/03\/2026 \(thứ Năm\)/.test(await page.innerText('[data-field=decision_on]')),
            'the date is not read back');
        await next(); // summary stays empty
        await page.keyboard.insertText('Kể lại dài dòng chuyện đất.');
        await next();
        await next(); // letter: none
        await page.keyboard.press('3'); // received, will answer
        await picture(page, 'f2-filled');
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('.saved');
        const took = Date.now() - began;
        check(took < 60000, `${took} ms`);
        await look(page, 'f2-saved');
        check(world.cases.length === 1 && world.register.length === 1, 'not one case, one entry');
        check(world.register[0].name === PRIVATE[0], 'the register has no name');
        const requests = JSON.stringify(world.cases[0]) + JSON.stringify(world.sent
            .filter((w) => !w.path.endsWith('/register')).map(({ path, body }) => [path,
                { ...body, private: null }]));
        for (const word of [...PRIVATE, 'dài dòng']) {
            check(!requests.includes(word), `${word} left the register`);
            check(!page.url().includes(encodeURIComponent(word)), `${word} is in the address`);
            const kept = await page.evaluate(() => JSON.stringify({ ...localStorage,
                ...sessionStorage }) + document.title);
            check(!kept.includes(word), `${word} is in the browser's storage`);
        }
        await page.context().close();
    });
}

async function summary_with_a_name_is_refused() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        await page.fill('#f-name', 'Nông Văn Dền');
        await page.fill('#f-address', 'Bản Nà');
        await page.fill('#f-field', 'dat dai');
        await page.keyboard.press('Enter');
        await page.fill('#f-summary', 'Khiếu nại của nong van den về đất');
        await page.check('[value=received]');
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('[data-field=summary] .error');
        check(world.cases.length === 0, 'it was sent');
        await page.context().close();
    });
}

async function denunciation_asks_no_name() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url, lang: 'en' });
        await signIn(page, url);
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        await page.fill('#f-name', 'Nông Văn Dền');
        await page.check('[value=denunciation]');
        for (const gone of ['name', 'address', 'document', 'against', 'summary', 'account']) {
            check(await page.locator(`[data-field=${gone}]`).count() === 0, `${gone} is asked`);
        }
        await page.fill('#f-sealed', 'TC-7/2026');
        await page.fill('#f-field', 'land');
        await page.keyboard.press('Enter');
        await page.check('[value=received]');
        await look(page, 'f2-denunciation-en');
        await page.click('button.main:has-text("Save")');
        await page.waitForSelector('.saved');
        const { body } = world.sent[0];
        check(JSON.stringify(Object.keys(body).sort()) === '["field","sealed_ref","type"]',
            `sent: ${JSON.stringify(body)}`);
        check(world.register.length === 0, 'a register entry was made');
        await page.context().close();
    });
}

async function draft_survives_and_is_its_owners() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F4');
        await page.waitForSelector('.fields');
        await page.check('[value=recommendation]');
        await page.fill('#f-name', 'Vừ A Chống');
        await until(() => page.evaluate(() => new Promise((resolve) => {
            const r = indexedDB.open('lienthong-drafts', 1);
            r.onsuccess = () => {
                if (!r.result.objectStoreNames.contains('drafts')) {
                    r.result.close();
                    resolve(false);
                    return;
                }
                const all = r.result.transaction('drafts').objectStore('drafts').getAll();
                all.onsuccess = () => {
                    r.result.close();
                    resolve(all.result.length > 0 && !JSON.stringify(all.result.map((x) =>
                        new TextDecoder('latin1').decode(x.sealed))).includes('Ch'));
                };
            };
        })), 'a sealed draft');
        await page.goto(`${url}/desk`); // as after a power cut
        await page.waitForSelector('.note.draft');
        await picture(page, 'desk-draft');
        await page.click('.note.draft a');
        await page.waitForSelector('.fields');
        check(await page.inputValue('#f-name') === 'Vừ A Chống', 'the draft is not what was typed');
        await page.click('text=Đổi người trực');
        await page.fill('#w-name', 'binh');
        await page.fill('#w-secret', '5678');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.who:has-text("Trần Bình")');
        await page.goto(`${url}/desk`);
        await page.waitForSelector('#p-today');
        check(await page.locator('.note.draft').count() === 0, 'a draft is shown to another');
        await page.context().close();
    });
}

/* As UniKey sends it: letters, a backspace, the composed letter, within 5 ms. */
async function typed_as_unikey_types() {
    await withWorld({}, async (world, url) => {
        world.cases.push(makeCase(world));
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        const fields = await page.locator('.fields input[type=text], .fields textarea')
            .evaluateAll((all) => all.map((el) => el.id));
        check(fields.length >= 9, `only ${fields.length} fields`);
        for (const id of fields) {
            await page.fill(`#${id}`, '');
            await page.focus(`#${id}`);
            await page.evaluate(async (field) => {
                const el = document.getElementById(field);
                const put = (text) => document.execCommand('insertText', false, text);
                const back = () => document.execCommand('delete');
                const soon = () => new Promise((resolve) => setTimeout(resolve, 4));
                for (const [plain, composed] of [['d', 'đ'], ['u', 'ư'], ['o', 'ờ']]) {
                    put(plain);
                    await soon();
                    back();
                    put(composed);
                    await soon();
                }
                put('n');
                put('g');
                return el.value;
            }, id);
            const got = await page.inputValue(`#${id}`);
            check(got === 'đường', `${id} holds "${got}"`);
        }
        await page.context().close();
    });
}

/* What happens elsewhere meanwhile changes neither text nor place of the cursor. */
async function events_leave_the_field_alone() {
    await withWorld({}, async (world, url) => {
        const { happen, makeIncident } = await import('./fixture.mjs');
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        await page.focus('#f-account');
        await page.keyboard.insertText('trước sau');
        await page.evaluate(() => {
            const el = document.getElementById('f-account');
            el.setSelectionRange(5, 5);
            el.marked = true;
        });
        for (let i = 0; i < 20; i++) {
            happen(world, 'incident', makeIncident(world), 'INCIDENT_RAISED');
        }
        await until(() => world.requests.filter((r) => r === 'GET /api/v1/incidents').length > 2,
            'the page to fetch');
        const kept = await page.evaluate(() => {
            const el = document.getElementById('f-account');
            return [el.marked, el.value, el.selectionStart, document.activeElement === el];
        });
        check(JSON.stringify(kept) === '[true,"trước sau",5,true]', JSON.stringify(kept));
        await page.context().close();
    });
}

async function locked_screen_keeps_the_form() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        await page.fill('#f-name', 'Giàng Thị Mỷ');
        await page.click('text=Khóa màn hình');
        await page.waitForSelector('dialog[open]');
        check(world.locked, 'the server does not know');
        await look(page, 'locked');
        await page.fill('#u-secret', '1234');
        await page.keyboard.press('Enter');
        await until(async () => await page.locator('dialog[open]').count() === 0, 'unlocking');
        check(await page.inputValue('#f-name') === 'Giàng Thị Mỷ', 'the form is gone');
        await page.context().close();
    });
}

await main({ visit_in_a_minute_by_keyboard, summary_with_a_name_is_refused,
    denunciation_asks_no_name, draft_survives_and_is_its_owners, typed_as_unikey_types,
    events_leave_the_field_alone, locked_screen_keeps_the_form });
