// The forms: by keyboard alone, typed as Vietnamese typing tools do, kept when the
// page goes, and nothing of the register's rows in what replicates.
import { check, look, main, open, picture, signIn, until, withWorld } from './lib.mjs';
import { makeCase, officeId } from './fixture.mjs';

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
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('[data-field=accused] .error');
        check(world.cases.length === 0, 'sent without a word on whom it denounces');
        await page.check('[value=accused_elsewhere]');
        await look(page, 'f2-denunciation-en');
        await page.click('button.main:has-text("Save")');
        await page.waitForSelector('.saved');
        const { body } = world.sent[0];
        check(JSON.stringify(Object.keys(body).sort())
            === '["accused","field","sealed_ref","type"]' && body.accused === 'elsewhere',
        `sent: ${JSON.stringify(body)}`);
        check(world.register.length === 0, 'a register entry was made');
        await page.context().close();
    });
}

/* By the keyboard alone; this office is told no more of it than the slip's code. */
async function own_people_go_to_the_superior() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F4');
        await page.waitForSelector('.fields');
        await page.check('[value=by_hand]');
        await page.check('[value=denunciation]');
        await page.fill('#f-sealed', 'TC-8/2026');
        await page.keyboard.press('Tab');
        check(await page.evaluate(() => document.activeElement.closest('[data-field]')
            ?.dataset.field) === 'accused', 'the row is not the next one');
        await page.keyboard.press('1');
        check(await page.isChecked('[value=accused_here]'), 'a number does not choose');
        await page.fill('#f-field', 'dat dai');
        await page.keyboard.press('Enter');
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('.saved');
        await look(page, 'f4-own-people');
        const { body } = world.sent[0];
        check(body.accused === 'here' && world.sent.length === 1, `sent: ${JSON.stringify(body)}`);
        const told = await page.textContent('.saved');
        check(told.includes('cấp trên') && /[0-9A-Z]{4}-/.test(told), told);
        check(await page.locator('.saved a[href*="case"]').count() === 0, 'a way to the matter');
        check(!(await page.evaluate(() => JSON.stringify({ ...localStorage }))).includes('land'),
            'its field is counted in the browser');
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

/* Only the words that every office may read: what was entered, and where it is to go. */
async function matter_is_handed_over() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F4');
        await page.waitForSelector('.fields');
        await page.check('[value=by_hand]');
        await page.check('[value=complaint]');
        await page.check('[value=signer_one]');
        await page.fill('#f-name', 'Lò Văn Inh');
        await page.fill('#f-address', 'Bản Nà');
        await page.fill('#f-field', 'dat dai');
        await page.keyboard.press('Enter');
        await page.fill('#f-against', 'UBND huyện Mèo Vạc');
        await page.fill('#f-decision', '12/QĐ-UBND');
        await page.fill('#f-summary', 'Bồi thường chưa đúng diện tích');
        await page.check('[value=power_elsewhere]');
        await page.check('[value=pass]');
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('.saved');
        check((await page.innerText('.saved')).includes('Đơn tiếp theo'), 'the next is not a letter');
        await page.click('text=Mở vụ việc');
        await page.waitForSelector('.where');
        const facts = await page.innerText('.facts');
        for (const told of ['UBND huyện Mèo Vạc', '12/QĐ-UBND', 'Nơi khác', 'Chuyển']) {
            check(facts.toLowerCase().includes(told.toLowerCase()), `${told} is not in: ${facts}`);
        }
        check((await page.innerText('.buttons button >> nth=0')) === 'Chuyển đến…', 'not the first');
        await look(page, 'case-to-hand-over');
        await page.click('.buttons button >> nth=0');
        await page.waitForSelector('#f-to');
        await until(() => page.evaluate(() => document.activeElement?.id === 'f-to'), 'the focus');
        await page.fill('#f-to', 'huyen thu');
        await page.keyboard.press('Enter');
        await page.fill('#f-text', 'Thuộc thẩm quyền huyện');
        await look(page, 'case-offer');
        await page.click('form button.main');
        await page.waitForSelector('.note.offer');
        const { path, body } = world.sent.at(-1);
        check(path.endsWith('/offer') && body.to.length === 1 && /2$/.test(body.to[0]),
            JSON.stringify([path, body]));
        check(/Huyện Thử 1, chờ trả lời/.test(await page.innerText('.note.offer')),
            await page.innerText('.note.offer'));
        await page.click('text=Lấy lại đề nghị');
        check(world.cases[0].offered_to.length === 1, 'taken back by one press');
        await page.click('text=Lấy lại đề nghị — bấm lần nữa');
        await until(() => world.cases[0].offered_to.length === 0, 'the offer to be taken back');
        await page.context().close();
    });
}

/* What another office offers stands on the first sight, and is accepted or refused there. */
async function offer_is_answered() {
    await withWorld({}, async (world, url) => {
        const { officeId } = await import('./fixture.mjs');
        for (let n = 0; n < 2; n++) {
            world.cases.push(makeCase(world, { custodian: officeId(2), offered_to: [world.self] }));
        }
        const page = await open({ url });
        await signIn(page, url);
        await page.click('#p-offers + ul a >> nth=0');
        await page.click('.note.offer >> text=Từ chối nhận');
        await page.click('form button.main');
        await page.waitForSelector('[data-field=reason] .error');
        await page.fill('#f-reason', 'Không thuộc địa bàn xã');
        await page.click('form button.main');
        await until(() => world.sent.at(-1)?.path.endsWith('/refuse'), 'the refusal');
        check(world.sent.at(-1).body.reason === 'Không thuộc địa bàn xã', 'no reason');
        await page.keyboard.press('Escape');
        await page.waitForSelector('#p-offers');
        await until(async () => await page.locator('#p-offers + ul a').count() === 1, 'one offer less');
        await page.click('#p-offers + ul a >> nth=0');
        await look(page, 'case-offered-here');
        await page.click('.note.offer button.main');
        await until(() => world.sent.at(-1)?.path.endsWith('/accept'), 'the acceptance');
        await page.waitForSelector('.buttons >> text=Thụ lý');
        await page.context().close();
    });
}

const openCase = async (page, world, url) => {
    await page.goto(`${url}/desk#/case/${encodeURIComponent(world.cases[0].id)}`);
    await page.waitForSelector('.where');
};

/* Written wrongly: taken back with a reason, written again; ended with two presses; opened
 * again. Both stay in the history. */
async function entry_is_mended() {
    await withWorld({}, async (world, url) => {
        world.cases.push(makeCase(world, { text: 'Lấn đường đi' }));
        const page = await open({ url });
        await signIn(page, url);
        await openCase(page, world, url);
        await page.click('.buttons >> text=Thụ lý');
        await until(() => page.evaluate(() => document.activeElement?.id === 'f-doc_no'), 'the focus');
        await page.fill('#f-doc_no', '7/TB');
        await page.fill('#f-text', 'Ghi nhầm sang vụ này');
        await page.click('form button.main');
        await page.waitForSelector('.history >> text=7/TB');
        await page.click('text=Sửa mục ghi sai');
        await page.click('form button.main');
        await page.waitForSelector('[data-field=reason] .error');
        await page.fill('#f-reason', 'Sai số văn bản');
        await page.click('form button.main');
        check(!world.sent.at(-1).path.endsWith('/void'), 'taken back by one press');
        await look(page, 'case-mend');
        await page.click('form >> text=bấm lần nữa');
        await page.waitForSelector('h2 >> text=Thụ lý');
        check(world.sent.at(-1).body.kind === 'mistake', JSON.stringify(world.sent.at(-1)));
        check(await page.inputValue('#f-text') === 'Ghi nhầm sang vụ này', 'it is not there to mend');
        const old = await page.innerText('.history li.voided');
        check(/7\/TB/.test(old) && /đã rút lại/.test(old), old);
        check((await page.innerText('.history')).includes('Sai số văn bản'), 'no reason is kept');
        await page.click('form >> text=Thôi');
        await page.click('text=Kết thúc vụ việc');
        await page.check('[value=settled]');
        await page.click('form button.main');
        check(world.cases[0].state !== 'closed', 'ended by one press');
        await page.click('form >> text=bấm lần nữa');
        await page.click('.buttons >> text=Giải quyết lại');
        await page.click('form button.main');
        await until(() => world.cases[0].state === 'in_progress', 'it to be open again');
        await page.waitForSelector('.buttons >> text=Giao xác minh');
        await page.context().close();
    });
}

/* Told the citizen, accepted it is not: the next step stays. Of 33 steps those that fit. */
async function steps_are_those_that_fit() {
    await withWorld({}, async (world, url) => {
        const at = { origin: world.self, type: 'CASE_STEP' };
        world.cases.push(makeCase(world, { type: 'feedback', more: [{ ...at, event: 'e1',
            detail: 'citizen_notified' }] }));
        const page = await open({ url });
        await signIn(page, url);
        await openCase(page, world, url);
        check((await page.innerText('.buttons button.main')) === 'Thụ lý', 'nothing to do next');
        await page.click('text=Bước khác');
        await page.waitForSelector('#f-kind');
        const steps = await page.locator('#p-f-kind li, [id^=p-kind] li, [role=option]').allInnerTexts();
        check(steps.length >= 8 && steps.length <= 16 && /Thụ lý/.test(steps[0])
            && !steps.some((x) => /Thu hồi|Ban hành|Tòa án/.test(x)), steps.join('|'));
        await page.fill('#f-kind', 'chuyen co quan');
        await page.keyboard.press('Enter');
        await page.click('form button.main');
        await page.waitForSelector('[data-field=agency] .error');
        await page.fill('#f-agency', 'Công ty điện lực');
        await page.click('form button.main');
        await until(() => world.sent.at(-1)?.body.agency === 'Công ty điện lực', 'the step');
        await page.context().close();
    });
}

async function denunciation_of_others_goes_up() {
    await withWorld({}, async (world, url) => {
        world.cases.push(makeCase(world, { type: 'denunciation', accused: 'elsewhere',
            sealed_ref: 'TC-9/2026' }));
        const page = await open({ url });
        await signIn(page, url);
        await openCase(page, world, url);
        check((await page.innerText('.facts')).includes('TC-9/2026'), 'no sealed number');
        check((await page.innerText('.buttons button.main')) === 'Chuyển đến…', 'accepted first');
        await page.click('.buttons button.main');
        await page.waitForSelector('#f-to');
        check(await page.locator('#f-text').count() === 0, 'a text of a denunciation');
        const offered = await until(async () => {
            const all = await page.locator('[role=option]').allInnerTexts();
            return all.length > 0 && all;
        }, 'the superiors');
        check(offered.every((x) => /Tỉnh|Huyện/.test(x)), offered.join());
        await page.context().close();
    });
}

/* A slip leads to its matter; the held ones are found by code, and by name in the register. */
async function receipt_leads_to_the_matter() {
    await withWorld({ cases: 6 }, async (world, url) => {
        const item = makeCase(world, { field: 'housing' });
        world.cases.push(item);
        world.register.push({ case: item.id, name: 'Trịnh Thị Oanh', address: 'ấp 3' });
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('/');
        await page.fill('#receipt', item.receipt_code);
        await page.keyboard.press('Enter');
        await page.waitForSelector('.verdict.yes');
        check(/Khiếu nại[\s\S]*Nhà ở[\s\S]*mới nhận/.test(await page.innerText('.sheet')),
            await page.innerText('.sheet'));
        await look(page, 'receipt-held');
        await page.click('.sheet >> text=Mở vụ việc');
        await page.waitForSelector('.where');
        await page.goto(`${url}/desk#/cases`);
        await page.waitForSelector('.rows li >> nth=1');
        await page.fill('#wanted', item.receipt_code.slice(10, 14));
        await until(async () => await page.locator('.rows li').count() === 1, 'one row');
        await page.fill('#who', 'oanh');
        await page.press('#who', 'Enter');
        await page.waitForSelector('.found >> text=Trịnh Thị Oanh');
        await look(page, 'cases-found');
        await page.context().close();
    });
}

/* Pasted text is kept whole and refused with its length; a second visit is noticed; a draft
 * goes with two presses; a refusal stands at its field, in the page's words. */
async function nothing_is_lost_silently() {
    await withWorld({}, async (world, url) => {
        const earlier = makeCase(world);
        world.cases.push(earlier);
        world.register.push({ case: earlier.id, name: 'Nông Văn Dền', address: 'Bản Nà' });
        const page = await open({ url });
        await signIn(page, url);
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        await page.fill('#f-name', 'Nông Văn Dền');
        await page.fill('#f-address', 'Bản Nà');
        await page.fill('#f-field', 'dat dai');
        await page.keyboard.press('Enter');
        await page.waitForSelector('.note.again');
        check((await page.innerText('.note.again')).includes(earlier.receipt_code), 'which one?');
        await page.fill('#f-account', 'á'.repeat(5000));
        await page.check('[value=received]');
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('[data-field=account] .error');
        check(/5000.*4000/.test(await page.innerText('[data-field=account] .error')),
            await page.innerText('[data-field=account] .error'));
        check((await page.inputValue('#f-account')).length === 5000, 'it was cut');
        check(world.sent.length === 0, 'it was sent');
        await page.fill('#f-account', 'ngắn');
        await page.route('**/api/v1/cases', (route) => (route.request().method() === 'POST'
            ? route.fulfill({ status: 422, contentType: 'application/problem+json',
                body: JSON.stringify({ code: 'invalid', outcome: 'none', remedy:
                    'Chạy lienthong --help để xem.', detail:
                    'Giá trị không hợp lệ: --text (quá dài)' }) }) : route.continue()));
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('[data-field=summary] .error');
        const told = await page.innerText('form.fields');
        check(!/--|lienthong /.test(told), told);
        await page.keyboard.press('Escape');
        await page.waitForSelector('.note.draft');
        await page.click('.note.draft a');
        await page.click('text=Bỏ biểu mẫu này');
        check(await page.locator('.fields').count() === 1, 'dropped by one press');
        await page.click('text=Bỏ biểu mẫu này — bấm lần nữa');
        await page.waitForSelector('#p-today');
        await page.context().close();
    });
}

/* Long words break; the page does not go to the side. */
async function long_words_break() {
    await withWorld({}, async (world, url) => {
        const long = 'á'.repeat(400);
        world.cases.push(makeCase(world, { text: long }));
        world.register.push({ case: world.cases[0].id, name: long, address: long });
        const page = await open({ url });
        await signIn(page, url);
        await openCase(page, world, url);
        await page.click('text=Hiện tên');
        await page.waitForSelector('.here-box dd');
        await look(page, 'case-long');
        await page.context().close();
    });
}

/* What is prepared is one press from being sent; what is not begins at its first row. A
 * file is chosen in the page's own words, and its name stands beside them. */
async function begins_where_one_goes_on() {
    await withWorld({ self: 1, kind: 'province', name: 'Tỉnh Tây Ninh', role: 'leader', units: 6 },
        async (world, url) => {
            const page = await open({ url });
            await signIn(page, url, { face: 'centre' });
            const at = () => page.evaluate(() => document.activeElement.closest('[data-field]')
                ?.dataset.field ?? document.activeElement.innerText);
            await page.goto(`${url}/centre#/urge/${officeId(3)}`);
            await until(async () => /Gửi/.test(await at()), 'the focus on what is prepared');
            await page.goto(`${url}/centre#/issue`);
            await page.waitForSelector('#f-doc_no');
            await until(async () => !/Gửi$/.test(await at()) && await page.evaluate(() => document
                .activeElement.matches('form.fields input')), 'the focus on the first row');
            await page.setInputFiles('#f-file', { name: 'danh-muc.pdf', mimeType: 'application/pdf',
                buffer: Buffer.from('%PDF-1.7') });
            check(/Chọn tệp…\s*danh-muc\.pdf/.test(await page.innerText('.file-pick')),
                await page.innerText('.file-pick'));
            await page.focus('#f-file');
            await look(page, 'form-with-a-file');
            await page.context().close();
        });
}

await main({ begins_where_one_goes_on, visit_in_a_minute_by_keyboard, summary_with_a_name_is_refused,
    denunciation_asks_no_name, own_people_go_to_the_superior, draft_survives_and_is_its_owners, typed_as_unikey_types,
    events_leave_the_field_alone, locked_screen_keeps_the_form,
    matter_is_handed_over, offer_is_answered, entry_is_mended, steps_are_those_that_fit,
    denunciation_of_others_goes_up, receipt_leads_to_the_matter, nothing_is_lost_silently,
    long_words_break });
