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

/* An urgent order is seen as one, in the list and on its page, with the crowd it is for;
 * of others' receipt a commune says nothing. The line names what was taken, for an hour. */
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
        check(/KHẨN/.test(page_) && /không rõ từ đây/.test(page_) && !/chưa tới/.test(page_), page_);
        await axe(page, 'an urgent order');
        await page.click('.facts a');
        await page.waitForSelector(`.facts a >> text=${order.doc_no}`);
        check(/\(20 phút\)/.test(await text(page, '.facts')), await text(page, '.facts'));
        await page.context().close();
    });
}

await main({ urgent_order_for_a_crowd, todays_visit_is_seen, first_sight, warning_in_three_touches, warning_is_sent_once, nobody_was_reached });
