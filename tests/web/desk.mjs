// The desk: a warning in three touches, a case by keyboard alone, today's work,
// and always in sight what has reached whom.
import { axe, check, look, main, open, picture, signIn, tidy, until, withWorld } from './lib.mjs';
import { dayFrom, happen, makeCase, makeDirective, makeIncident, officeId, tell }
    from './fixture.mjs';

const text = (page, selector) => page.innerText(selector);

function busyDesk(world) {
    world.cases.push(makeCase(world, { due_on: dayFrom(-4), overdue: true }),
        makeCase(world, { due_on: dayFrom(0), field: 'housing', type: 'feedback' }),
        makeCase(world, { due_on: dayFrom(2), field: 'environment', due_rule: 'KN-05' }));
    world.directives.push(makeDirective(world));
    world.incidents.push(makeIncident(world, { state: 'taken', taken_by: officeId(2),
        taken_at: new Date().toISOString() }));
}

async function first_sight() {
    for (const [size, lang, dark] of [['desk', 'vi', false], ['small', 'en', false],
        ['phone', 'vi', false], ['phone', 'en', true]]) {
        await withWorld({}, async (world, url) => {
            busyDesk(world);
            const page = await open({ size, lang, dark, url });
            await signIn(page, url);
            await page.waitForSelector('#p-today + h3');
            await until(async () => /✓/.test(await text(page, '.line')), 'the line');
            const name = `desk-${size}-${lang}${dark ? '-dark' : ''}`;
            await picture(page, name);
            await tidy(page, name);
            await axe(page, name);
            if (size === 'desk') {
                const below = await page.evaluate(() => document.documentElement.scrollHeight
                    - innerHeight);
                check(below <= 0, `the first sight scrolls by ${below} pixels at 1366x768`);
            }
            await page.context().close();
        });
    }
}

async function warning_in_three_touches() {
    await withWorld({}, async (world, url) => {
        const page = await open({ size: 'phone', url });
        await signIn(page, url);
        await page.waitForSelector('.places a');
        const began = Date.now();
        await page.tap('.places a >> nth=1');
        await page.tap('.touches button >> nth=1');
        await page.tap('.touches button >> nth=0');
        await page.waitForSelector('p.done');
        const took = Date.now() - began;
        check(took < 5000, `it took ${took} ms`);
        check(world.incidents.length === 1, `${world.incidents.length} warnings were sent`);
        const { place, people, field } = world.incidents[0];
        check(place === 'Trụ sở xã' && people === 30 && field === 'land',
            `sent: ${place}, ${people}, ${field}`);
        await until(async () => /đã có/.test(await text(page, '.facts')), 'what has reached whom');
        await axe(page, 'f8 sent');
        await picture(page, 'f8-sent-phone');
        await tidy(page, 'f8 sent');
        await page.tap('[lang=en]');
        await page.waitForSelector('html[lang=en] p.done');
        check(world.incidents.length === 1, 'another language sent it again');
        await page.tap('[lang=vi]');
        await page.waitForSelector('html[lang=vi] p.done');
        await page.fill('#f-note', 'gặp ông Nguyễn Văn An');
        await page.tap('text=Gửi bổ sung');
        await page.waitForSelector('.problem');
        check(world.incidents[0].help === null, 'a name was sent');
        check(await page.inputValue('#f-note') === 'gặp ông Nguyễn Văn An', 'the note is gone');
        await page.context().close();
    });
}

async function warning_is_sent_once() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.press('body', 'F8');
        await page.press('body', '1');
        await picture(page, 'f8-people');
        await axe(page, 'f8');
        await page.press('body', '3');
        world.fail = 'drop';
        await page.press('body', '1');
        await page.waitForSelector('.problem');
        check(/Chưa rõ/.test(await text(page, '.problem')), 'an unknown outcome is not said');
        world.fail = null;
        await page.click('text=Gửi lại');
        await page.waitForSelector('p.done');
        check(world.incidents.length === 1, `${world.incidents.length} warnings`);
        await page.context().close();
    });
}

async function nobody_was_reached() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        world.link = { up: false, since: Date.now() - 120e3 };
        world.reached = false;
        world.keeperAll = false;
        await signIn(page, url);
        await until(async () => /Mất liên lạc từ .* — 3 việc/.test(await text(page, '.line')),
            'the grey line');
        await picture(page, 'desk-link-down');
        happen(world, 'incident', makeIncident(world, { raised_at: new Date(Date.now() - 61e3)
            .toISOString() }), 'INCIDENT_RAISED');
        await page.waitForSelector(".line.alone");
        await picture(page, 'desk-alone');
        await axe(page, 'alone');
        await page.click('text=Đã gọi lúc này');
        await until(() => /đã gọi trực ban lúc \d/.test(world.incidents[0].help), 'the call');
        world.reached = true;
        tell(world);
        await until(async () => await page.locator('.line.alone').count() === 0, 'red to end');
        await page.context().close();
    });
}

/* Beside each of today's: why that day, by the keyboard alone, of the term that the row
 * shows; where no term says so, what `explain` says. */
async function todays_work_says_why() {
    const why = (rule, day) => ({ rule, due_on: day, why: {
        vi: `Theo ${rule} (B): 10 ngày làm việc, bỏ thứ Bảy, Chủ nhật và ngày lễ, nên hạn là ngày ấy.`,
        en: `By ${rule} (B): 10 working days, without weekends and holidays, hence that day.` } });
    for (const [size, lang] of [['desk', 'vi'], ['phone', 'vi'], ['small', 'en']]) {
        await withWorld({}, async (world, url) => {
            busyDesk(world);
            const late = world.cases.find((c) => c.overdue);
            late.deadlines = [why('KN-05', dayFrom(9)), why('KN-02', late.due_on)];
            world.why = { text: 'Đang đi.' };
            const page = await open({ size, lang, url });
            await signIn(page, url);
            await page.waitForSelector('#p-today + h3');
            await page.focus(`.panel:has(#p-today) a[href="#/case/${encodeURIComponent(late.id)}"]`);
            await page.keyboard.press('Tab');
            await page.keyboard.press('Enter');
            const said = await page.waitForSelector('.panel:has(#p-today) li.with-act:has(button:focus) .why');
            await until(async () => /10 (ngày làm việc|working days)/.test(await said.innerText()), 'the sentence');
            const shown = await said.innerText();
            check(/«.+»/.test(shown) && !/KN-0|\(B\)/.test(shown), shown);
            check(await page.locator('button:focus').getAttribute('aria-expanded') === 'true', 'not told open');
            await look(page, `desk-why-${size}-${lang}`);
            await page.keyboard.press('Enter');
            await until(async () => await page.locator('.why').count() === 0, 'it to close');
            check(await page.locator('.panel:has(#p-today) li.with-act button').count() === 3, 'not of each row');
            await page.click('.panel:has(#p-today) ul.rows:not(.done-today) >> nth=1 >> button');
            await page.waitForSelector('.why >> text=Đang đi');
            await page.context().close();
        });
    }
}

/* What was done at the desk today is seen there, though nothing of it is due. */
async function todays_visit_is_seen() {
    await withWorld({}, async (world, url) => {
        world.cases.push(makeCase(world, { opened_on: dayFrom(-1), state: 'closed', reason: 'guided' }));
        const page = await open({ url });
        await signIn(page, url);
        await page.waitForSelector('#p-today + .empty');
        check(!/Nhận hôm nay/.test(await text(page, '.panels')), "yesterday's case is today's");
        for (const [name, how] of [['Lò Thị Ảnh', 'explained'], ['Sùng A Páo', 'received']]) {
            await page.keyboard.press('F2');
            await page.waitForSelector('.fields');
            await page.check('[value=feedback], [value=recommendation]');
            await page.fill('#f-name', name);
            await page.fill('#f-address', 'Bản Lao');
            await page.fill('#f-field', 'giao thong');
            await page.press('#f-field', 'Enter');
            await page.check(`[value=${how}]`);
            await page.keyboard.press('Control+Enter');
            await page.waitForSelector('.saved');
            await page.keyboard.press('Escape');
            await page.waitForSelector('#p-today');
        }
        await page.waitForSelector('.done-today li >> nth=1');
        const shown = await text(page, '.panel:has(#p-today)');
        check(/Nhận hôm nay 2/.test(shown) && /đã hướng dẫn/.test(shown) && /Giao thông/.test(shown)
            && !/Páo|Lao/.test(shown), shown);
        await look(page, 'desk-today-done');
        happen(world, 'case', makeCase(world), 'CASE_OPENED');
        await page.click('#p-today ~ h3 a');
        await page.waitForSelector('.sheet .rows li >> nth=2');
        await tidy(page, 'all of today');
        await page.context().close();
    });
}

const turnOf = (world) => {
    const { id, office, on, entered_by: by, ...turn } = world.receptions[0] ?? {};
    check((by ?? null) === null, `entered for another by ${by}`);
    return JSON.stringify(turn);
};

/* F2 is a reception in the book: what came of it, and about what; never who. */
async function visit_is_a_reception() {
    await withWorld({}, async (world, url) => {
        const old = makeCase(world, { opened_on: dayFrom(-30), field: 'housing' });
        const theirs = makeCase(world, { origin: officeId(2), custodian: officeId(2),
            opened_on: dayFrom(-30) });
        world.cases.push(old, theirs);
        const page = await open({ url, size: 'small' });
        await signIn(page, url);
        await page.waitForSelector('#p-today');
        const come = async (fill) => {
            await page.keyboard.press('F2');
            await page.waitForSelector('.fields');
            await page.check('[value=complaint]');
            await page.fill('#f-people', '3');
            await page.fill('#f-name', 'Lò Thị Ảnh');
            await page.fill('#f-address', 'Bản Lao');
            await page.fill('#f-field', 'dat dai');
            await page.press('#f-field', 'Enter');
            await fill();
            await page.keyboard.press('Control+Enter');
            await page.waitForSelector('.saved');
            await page.keyboard.press('Escape');
            await page.waitForSelector('#p-today');
        };
        await come(async () => {
            await page.check('[value=periodic]');
            await page.check('[value=letter_have]');
            await page.check('[value=received]');
        });
        const opened = world.cases[0];
        check(turnOf(world) === JSON.stringify({ field: 'land', outcome: 'petition_taken', leader: true,
            again: false, kind: 'periodic', people: 3, about: opened.id }), turnOf(world));
        await come(async () => {
            await page.fill('#f-before', old.receipt_code);
            await page.press('#f-before', 'Tab');
            await page.waitForSelector('.note[role=status] >> text=Nhà ở');
            await page.check('[value=received]');
        });
        check(turnOf(world) === JSON.stringify({ field: 'land', outcome: 'appointed', leader: false,
            again: true, kind: 'regular', people: 3, about: old.id }), turnOf(world));
        check(world.cases.length === 3, 'who came again opened another case');
        world.requests.length = 0;
        happen(world, 'reception', { id: 'x', office: world.self, on: dayFrom(0), kind: 'regular',
            people: 1, field: 'land', outcome: null, leader: false, again: true, about: theirs.id },
        'RECEPTION_TURN');
        await page.waitForSelector('.done-today');
        await page.click('#p-today ~ h3 a');
        await page.waitForSelector('.turns li >> nth=2');
        const shown = await text(page, '.sheet');
        check(/Tiếp lại.*tiếp thường xuyên.*hẹn làm việc tiếp/is.test(shown) && /3 lượt, 7 người/.test(shown)
            && !/Ảnh|Lao/.test(shown), shown);
        check(await page.locator('.rows:not(.turns) li').count() === 3, 'not three matters');
        check(!world.requests.some((r) => r.includes(encodeURIComponent(theirs.id))),
            "another's matter was opened for a list");
        await look(page, 'desk-received');
        const last = page.locator('.turns li >> nth=0');
        await last.locator('button').click();
        check(world.receptions.length === 3, 'taken back by one press');
        await last.locator('button').click();
        await until(() => world.receptions.length === 2, 'it to be taken back');
        await until(async () => await page.locator('.turns li').count() === 2, 'the list to follow');
        check(!JSON.stringify(world.receptions).match(/Ảnh|Lao/), 'a name is in the book');
        await page.context().close();
    });
}

/* A denunciation's reception says that people came, and nothing else; one of this office's
 * own people is not in the book at all. */
async function sealed_reception_says_no_more() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        for (const accused of ['here', 'elsewhere']) {
            await page.keyboard.press('F2');
            await page.waitForSelector('.fields');
            await page.check('[value=denunciation]');
            await page.fill('#f-sealed', `TC-7${accused.length}/2026`);
            await page.check(`[value=accused_${accused}]`);
            await page.fill('#f-field', 'dat dai');
            await page.press('#f-field', 'Enter');
            await page.check('[value=received]');
            await page.keyboard.press('Control+Enter');
            await page.waitForSelector('.saved');
            await page.keyboard.press('Escape');
            await page.waitForSelector('#p-today');
            check(world.receptions.length === (accused === 'here' ? 0 : 1), `${accused}: ${turnOf(world)}`);
        }
        check(turnOf(world) === JSON.stringify({ field: null, outcome: null, leader: false, again: false,
            kind: 'regular', people: 1, about: null }), turnOf(world));
        await page.context().close();
    });
}

/* An urgent order is seen as one, in the list and on its page, with the crowd it is for;
 * of others' receipt a commune says nothing. The line names what was taken, for an hour. */
/* What cannot be right is said at its row, before anything is written. */
async function nonsense_is_told() {
    await withWorld({}, async (world, url) => {
        const page = await open({ url });
        await signIn(page, url);
        await page.press('body', 'F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        const row = (id) => page.innerText(`[data-field=${id}]`);
        const year = new Date().getFullYear() + 1;
        await page.fill('#f-field', 'xyzzy');
        await page.fill('#f-decision_on', `15/06/${year}`);
        await page.press('#f-decision_on', 'Tab');
        await page.waitForSelector('[data-field=decision_on] .error');
        check((await row('decision_on')).includes(`15/06/${year} chưa tới`), await row('decision_on'));
        await page.press('body', 'Control+Enter');
        await page.waitForSelector('[data-field=field] .error');
        check(/“xyzzy” trong danh sách/.test(await row('field')), await row('field'));
        check(world.sent.length === 0, 'nonsense was sent');
        await look(page, 'desk-nonsense');
        await page.fill('#f-field', '');
        await page.press('#f-field', 'Tab');
        await page.press('body', 'Control+Enter');
        await until(async () => /Cần điền mục này/.test(await row('field')), 'an empty row');

        await page.goto(`${url}/desk#/`);
        await page.click('text=Ghi số điện thoại');
        await page.fill('#duty', 'gọi anh Ba');
        await page.press('#duty', 'Enter');
        await page.waitForSelector('.error >> text=Ghi số điện thoại:');
        await page.fill('#duty', '0276 3822 011');
        await page.press('#duty', 'Enter');
        await page.waitForSelector('b >> text=0276 3822 011');
        await page.context().close();
    });
}

async function urgent_order_for_a_crowd() {
    await withWorld({}, async (world, url) => {
        const crowd = makeIncident(world, { state: 'taken', taken_by: officeId(1),
            raised_at: new Date(Date.now() - 20 * 60e3).toISOString(),
            taken_at: new Date(Date.now() - 18 * 60e3).toISOString() });
        const old = makeIncident(world, { state: 'taken', taken_by: officeId(2), place: 'Nơi khác trong xã',
            raised_at: new Date(Date.now() - 200 * 60e3).toISOString(),
            taken_at: new Date(Date.now() - 190 * 60e3).toISOString() });
        world.incidents.push(old);
        const at = new Date(Date.parse(crowd.raised_at) + 7 * 36e5).toISOString();
        const order = makeDirective(world, { urgent: true, text: `Hỗ trợ vụ đông người lúc ${at.slice(11, 16)
            } ngày ${at.slice(8, 10)}/${at.slice(5, 7)}/${at.slice(0, 4)} tại Xã Thử 1.1: cử cán bộ đến.` });
        order.to.push({ office: officeId(4), status: null, at: null, reason: null });
        world.directives.push(makeDirective(world), order);
        const page = await open({ url });
        await signIn(page, url);
        await page.waitForSelector('#p-new ~ ul li');
        await until(async () => /✓/.test(await text(page, '.line')), 'the line');
        check(!/Nơi khác trong xã/.test(await text(page, '.line')), 'an old receipt stays for ever');
        happen(world, 'incident', crowd, 'INCIDENT_TAKEN');
        await until(async () => /Đông người tại Trụ sở xã \((\d\d\/\d\d )?\d\d:\d\d\): Tỉnh Tây Ninh đã tiếp nhận/.test(
            await text(page, '.line')), 'what was taken');
        const first = await text(page, '#p-new ~ ul li');
        check(/KHẨN/.test(first) && /Hỗ trợ vụ đông người/.test(first), `first: ${first}`);
        await picture(page, 'desk-urgent');
        await page.click('#p-new ~ ul a');
        await page.waitForSelector('.facts a >> text=Trụ sở xã');
        const page_ = await text(page, '.sheet');
        check(/KHẨN/.test(page_) && /và 1 nơi khác/.test(page_) && !/chưa tới/.test(page_), page_);
        await axe(page, 'an urgent order');
        await page.click('.facts a');
        await page.waitForSelector(`.facts a >> text=${order.doc_no}`);
        check(/\(20 phút\)/.test(await text(page, '.facts')), await text(page, '.facts'));
        await page.context().close();
    });
}

await main({ nonsense_is_told, urgent_order_for_a_crowd, todays_work_says_why, todays_visit_is_seen,
    visit_is_a_reception,
    sealed_reception_says_no_more, first_sight, warning_in_three_touches, warning_is_sent_once, nobody_was_reached });
