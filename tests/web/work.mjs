// The daily work: periods and their daily word, requests and replies, rosters and
// hand-over, directives followed, tasks; what prints and what leaves as a table.
import fs from 'node:fs';
import path from 'node:path';
import { axe, check, inSight, look, main, open, OUT, picture, signIn, tidy, until, withWorld }
    from './lib.mjs';
import { dayFrom, makeAsk, makeCase, makeDirective, makePeriod, makeShift, officeId } from './fixture.mjs';

const PROVINCE = { self: 1, kind: 'province', name: 'Tỉnh Tây Ninh', role: 'leader', units: 24 };
const communes = (n) => Array.from({ length: n }, (x, i) => officeId(3 + i));
const ago = (minutes) => new Date(Date.now() - minutes * 60e3).toISOString();

function busy(world) {
    world.periods.push(makePeriod(world, communes(6), 4));
    world.requests_.push(makeAsk(world, 'documents', officeId(2), [world.self]));
    world.notices.push(makeAsk(world, 'report', officeId(2), [world.self], { due_on: null }));
    world.shifts.push(makeShift(world, world.self, [-2, 4]),
        makeShift(world, world.self, [4, 12], { person: 'Trần Văn Dũng', phone: '0276 3822 002' }),
        makeShift(world, officeId(2), [-2, 4], { person: 'Võ Minh', duty: 'leader' }));
    world.cases.push(makeCase(world, { tasks_owed: 2, task_by: dayFrom(-3) }),
        makeCase(world, { about: 'moved', moves: 3, text: 'Ông A ở ấp 3' }),
        makeCase(world, { about: 'unenforced', decided_on: dayFrom(-40), custodian: officeId(9) }),
        makeCase(world, { about: 'late_entry', opened_on: dayFrom(-9), entered_on: dayFrom(0) }));
    world.directives.push(makeDirective(world, { issuer: world.self, doc_no: '15/CĐ', due_on: dayFrom(-1),
        progress: { done: 1 }, to: [{ office: officeId(9), status: '06', at: ago(9), reason: null },
            { office: officeId(12), status: '01', at: ago(9), reason: null },
            { office: officeId(15), status: '04', at: ago(9), reason: null },
            { office: officeId(16), status: null, at: null, reason: null }] }));
}

async function desk_owes_a_word_and_an_answer() {
    await withWorld({}, async (world, url) => {
        busy(world);
        world.periods[0].to.find((to) => to.office === world.self).last_day = dayFrom(-1);
        const page = await open({ url });
        await signIn(page, url, { face: 'desk' });
        await page.waitForSelector('#p-period');
        await page.waitForSelector('#p-asks');
        await inSight(page, '#p-period', 'the word that is owed');
        await look(page, 'work-desk');
        await page.click('#p-period ~ ul button');
        await until(() => world.sent.some((s) => s.path.endsWith('/reports') && s.body.nothing === true),
            'the word');
        await until(async () => await page.locator('#p-period').count() === 0, 'nothing to be owed');
        await page.click('#p-asks ~ ul a >> nth=0');
        await page.waitForSelector('.here-box');
        await look(page, 'work-request');
        await page.click('.here-box button >> text=Đã thực hiện');
        await page.fill('#f-text', 'gửi kèm 3 tờ');
        await page.click('button.main >> text=Gửi');
        await until(() => world.requests_[0].to[0].status === '06', 'the reply');
        check(world.sent.at(-1).body.text === 'gửi kèm 3 tờ', 'another text');
        await page.context().close();
    });
}

/* From the case itself, and from the report itself; the centre sees both come. */
async function more_time_is_asked_and_reports_go_back() {
    await withWorld({}, async (world, url) => {
        busy(world);
        const item = makeCase(world, { number: '0413' });
        world.cases.push(item);
        const page = await open({ url, size: 'phone' });
        await signIn(page, url, { face: 'desk' });
        await page.goto(`${url}/desk#/case/${encodeURIComponent(item.id)}`);
        await page.click('a:has-text("Xin gia hạn")');
        await page.waitForSelector('h1 >> text=xin gia hạn');
        await page.click('form button.main');
        await page.waitForSelector('[data-field=due] .error');
        check(world.sent.length === 0, 'sent half filled');
        await page.fill('#f-one', 'tinh');
        await page.press('#f-one', 'Enter');
        await page.fill('#f-due', 'h');
        await page.fill('#f-text', 'chờ kết quả giám định');
        await look(page, 'more-time-phone');
        await page.click('form button.main');
        await until(() => world.requests_[0].kind === 'extension', 'the request');
        check(world.sent.at(-1).body.event === item.id && world.sent.at(-1).body.due === dayFrom(0),
            JSON.stringify(world.sent.at(-1)));
        await page.goto(`${url}/desk#/notice/${encodeURIComponent(world.notices[0].id)}`);
        await page.click('a:has-text("Trả lại báo cáo")');
        await page.waitForSelector('.chips li');
        await page.fill('#f-due', 'h');
        await page.fill('#f-text', 'thiếu số liệu tháng 3');
        await page.click('form button.main');
        await until(() => world.requests_[0].kind === 'report_again', 'the second');
        check(world.sent.at(-1).body.event === world.notices[0].id
            && world.sent.at(-1).body.to[0] === officeId(2), JSON.stringify(world.sent.at(-1)));
        // The form by itself asks what such a kind is about, and of how many.
        await page.goto(`${url}/desk#/request-new`);
        await page.waitForSelector('[value=overdue]');
        check(await page.locator('#f-event').count() === 0, 'asked for nothing');
        await page.check('[value=overdue]');
        await page.waitForSelector('#f-event');
        await page.check('[value=secondment]');
        await page.waitForSelector('#f-people');
        check(await page.locator('#f-event').count() === 0, 'asked for both');
        await page.context().close();
    });
    for (const [lang, first, second] of [['vi', 'Xin gia hạn', 'Báo cáo trả lại'],
        ['en', 'Asks for more time', 'Reports sent back']]) {
        await withWorld(PROVINCE, async (world, url) => {
            world.requests_.push(makeAsk(world, 'extension', officeId(4), [world.self]),
                makeAsk(world, 'report_again', officeId(2), [world.self]),
                makeAsk(world, 'report_again', officeId(5), [officeId(2)]));
            const page = await open({ url, lang });
            await signIn(page, url, { face: 'centre' });
            for (const title of [first, second]) {
                const heading = page.locator(`.mine h3:has-text("${title}")`);
                await heading.waitFor();
                check((await heading.innerText()).endsWith('1'), await heading.innerText());
            }
            await look(page, `asked-of-the-centre-${lang}`);
            await page.context().close();
        });
    }
}

async function a_word_with_something_in_it() {
    await withWorld({}, async (world, url) => {
        busy(world);
        world.periods[0].to.find((to) => to.office === world.self).last_day = dayFrom(-1);
        const page = await open({ url, size: 'phone' });
        await signIn(page, url, { face: 'desk' });
        await page.click('#p-period ~ ul a');
        await page.click('text=Có việc, viết báo cáo');
        await page.click('button.main >> text=Gửi');
        await page.waitForSelector('.error');
        await page.fill('#f-text', 'Một đoàn 12 người đến hỏi về bồi thường');
        await look(page, 'work-period-phone');
        await page.click('button.main >> text=Gửi');
        await until(() => world.sent.some((s) => s.body.text?.startsWith('Một đoàn')), 'the report');
        await page.context().close();
    });
}

async function shift_is_handed_over() {
    await withWorld({}, async (world, url) => {
        busy(world);
        const page = await open({ url, size: 'small' });
        await signIn(page, url, { face: 'desk' });
        await page.click('#p-duty a');
        await page.waitForSelector('.sheet .rows li');
        await look(page, 'work-roster');
        check(await page.locator('.sheet .rows li').count() === 2, 'the roster of others');
        await page.click('.sheet .rows a >> nth=0');
        await page.click('button.main >> text=Bàn giao ca');
        await page.fill('#f-text', 'hai lượt hẹn chiều nay');
        await page.click('.choice label >> nth=0');
        await look(page, 'work-hand-over');
        await page.click('form button.main');
        await until(() => world.shifts[0].state === 'handed_over', 'the hand-over');
        const said = world.sent.at(-1).body;
        check(said.next === world.shifts[1].id && said.text.startsWith('hai'), JSON.stringify(said));
        await page.context().close();
    });
}

/* Who has not got it, not received it, not ended it: by name, and urged in two clicks. */
async function directives_are_followed() {
    for (const [size, lang] of [['desk', 'vi'], ['small', 'en'], ['phone', 'vi']]) {
        await withWorld(PROVINCE, async (world, url) => {
            busy(world);
            const page = await open({ url, size, lang });
            await signIn(page, url, { face: 'centre' });
            await page.goto(`${url}/centre#/track`);
            await page.waitForSelector('.track dd');
            await look(page, `work-track-${size}-${lang}`);
            const rows = await page.locator('.track dd').allInnerTexts();
            const name = (n) => world.offices.find((o) => o.id === officeId(n)).name;
            check(rows.length === 3 && rows[0].includes(name(16)) && rows[1].includes(name(12))
                && rows[2].includes(name(15)) && !rows.join().includes(name(9)), rows.join('|'));
            await page.click('.track .urge');
            await page.waitForSelector('#f-text');
            await page.click('button.main');
            await page.waitForSelector('p.done');
            check(world.sent.at(-1).body.to.length === 3, 'urged others');
            await page.context().close();
        });
    }
}

async function periods_are_set_and_seen() {
    for (const [size, lang] of [['desk', 'vi'], ['phone', 'en']]) {
        await withWorld(PROVINCE, async (world, url) => {
            busy(world);
            const page = await open({ url, size, lang });
            await signIn(page, url, { face: 'centre' });
            await page.goto(`${url}/centre#/period/${encodeURIComponent(world.periods[0].id)}`);
            await page.waitForSelector('tbody tr:nth-child(6)');
            await look(page, `work-period-${size}-${lang}`);
            const first = await page.innerText('tbody tr >> nth=0');
            check(/\b2\b/.test(first), `the silent are not first: ${first}`);
            await page.goto(`${url}/centre#/period-new`);
            await page.fill('#f-name', 'Lễ 30/4');
            await page.fill('#f-from_date', 'h');
            await page.fill('#f-until', '31/12');
            await page.click('[data-field=whom] label >> nth=1');
            await page.waitForSelector('#f-one');
            await page.fill('#f-one', 'xa thu');
            await page.press('#f-one', 'Enter');
            await page.waitForSelector('.chips li');
            await look(page, `work-period-new-${size}-${lang}`);
            await page.click('form button.main');
            await until(() => world.sent.some((s) => s.path === '/api/v1/periods'), 'the period');
            const { body } = world.sent.find((s) => s.path === '/api/v1/periods');
            check(body.to.length === 1 && body.from_date === dayFrom(0) && body.by === '16:00'
                && body.every_days === 1, JSON.stringify(body));
            await page.context().close();
        });
    }
}

/* Each page in both languages and at phone size: no fault, nothing beside the screen. */
async function every_page_opens() {
    const NAMES = ['periods', 'requests', 'request-new', 'notices', 'notice-new', 'shifts', 'tasks',
        'flags', 'threats', 'summary', 'moved', 'late_entry', 'unenforced', 'untold', 'backlog'];
    for (const [size, lang, dark] of [['phone', 'vi', false], ['small', 'en', true]]) {
        await withWorld(PROVINCE, async (world, url) => {
            busy(world);
            world.flags.push({ id: 'f1', event: world.cases[0].id, index: 0, matter: world.cases[0].id,
                writer: world.self, flagged_by: officeId(2), flagged_at: ago(5), due_on: dayFrom(1),
                state: 'masked' });
            const page = await open({ url, size, lang, dark });
            await signIn(page, url, { face: 'centre' });
            for (const name of NAMES) {
                await page.goto(`${url}/centre#/${name}`);
                await page.waitForSelector('.sheet h1');
                await until(async () => await page.locator('.sheet > .empty').count() === 0
                    || !/…|Đang|Loading/.test(await page.innerText('.sheet')), name);
                await tidy(page, `${name} ${size}`);
                if (['periods', 'requests', 'tasks', 'flags', 'summary', 'unenforced'].includes(name)) {
                    await axe(page, name);
                    await picture(page, `work-${name}-${size}-${lang}`);
                }
            }
            await page.goto(`${url}/centre#/unenforced`);
            await page.waitForSelector('tbody tr');
            check(await page.locator('tbody tr').count() === 1, 'cases of other lists');
            await page.context().close();
        });
    }
}

/* Where a newcomer hesitated: the officer's whole name, and what is late, in sight. */
async function nothing_is_cut_on_small_screens() {
    for (const size of ['phone', 'small']) {
        await withWorld(PROVINCE, async (world, url) => {
            busy(world);
            world.people.lan.shown = 'Nguyễn Thị Hoàng Lan';
            Object.assign(world.offices[5], { overdue: 7, late_days_most: 40 });
            const page = await open({ size, url });
            await signIn(page, url, { face: 'centre' });
            await page.waitForSelector('.units tbody tr:nth-child(24)');
            await picture(page, `small-screens-${size}`);
            const cut = await page.evaluate(() => {
                const who = document.querySelector('.who');
                const box = document.querySelector('.units .scroll');
                return { name: who.scrollWidth - who.clientWidth, shown: who.innerText,
                    table: box.scrollWidth - box.clientWidth };
            });
            check(cut.name <= 0 && cut.shown === 'Nguyễn Thị Hoàng Lan', `${size}: ${JSON.stringify(cut)}`);
            check(cut.table <= 0, `${size}: ${cut.table} pixels of the table beside the screen`);
            await inSight(page, '.who', `${size}: who is here`);
            check(/Chọn đơn vị/.test(await page.innerText('.urge')), 'a button that says 0');
            await look(page, `small-screens-${size}`, { soft: true });
            await page.context().close();
        });
    }
}

/* A table leaves for paper or a file only after the audit was told. */
async function tables_leave_with_the_audit_told() {
    await withWorld(PROVINCE, async (world, url) => {
        busy(world);
        world.directives[0].doc_no = '=SUM(A1:A9)';
        const page = await open({ url });
        await signIn(page, url, { face: 'centre' });
        await page.goto(`${url}/centre#/track`);
        const [file] = await Promise.all([page.waitForEvent('download'),
            page.click('text=Tải bảng (CSV)')]);
        check(world.sent.at(-1).path === '/api/v1/audit/taken'
            && world.sent.at(-1).body.what === 'directives', 'the audit was not told');
        const text = fs.readFileSync(await file.path(), 'utf8');
        check(text.startsWith('\ufeff"') && text.trim().split('\r\n').length === 5, text);
        check(text.includes('"\'=SUM(A1:A9)"') && !text.includes('"=SUM'), 'a formula leaves');
        world.fail = { status: 503, body: { status: 503, detail: 'Bận.', code: 'busy' } };
        let left = false;
        page.on('download', () => {
            left = true;
        });
        await page.click('text=Tải bảng (CSV)');
        await page.waitForSelector('.problem');
        check(!left, 'a table left though the audit was not told');
        await page.context().close();
    });
}

/* On paper: the whole list, the office's heading, no buttons; the chart in dark on light. */
async function pages_print() {
    await withWorld({ ...PROVINCE, units: 168 }, async (world, url) => {
        busy(world);
        for (let i = 0; i < 230; i++) {
            world.cases.push(makeCase(world, { opened_on: dayFrom(-20), due_on: dayFrom(-1 - i % 30),
                overdue: true, custodian: officeId(3 + i % 168) }));
        }
        const page = await open({ url, dark: true });
        await signIn(page, url, { face: 'centre' });
        await page.goto(`${url}/centre#/overdue`);
        await page.waitForSelector('tbody tr:nth-child(100)');
        check(await page.locator('tbody tr').count() === 100, 'not a page of the list');
        await page.emulateMedia({ media: 'print' });
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        await page.waitForSelector('tbody tr:nth-child(230)');
        const seen = await page.evaluate(() => ({
            head: document.querySelector('.paper-head').getBoundingClientRect().height,
            text: document.querySelector('.paper-head').innerText,
            buttons: [...document.querySelectorAll('.sheet button, .head, footer')]
                .filter((b) => b.getBoundingClientRect().height > 0).length,
            ink: getComputedStyle(document.querySelector('tbody td')).color }));
        check(seen.head > 0 && /TỈNH TÂY NINH/.test(seen.text) && /Độc lập/.test(seen.text), seen.text);
        check(seen.buttons === 0, `${seen.buttons} things to press on paper`);
        const ink = seen.ink.match(/\d+/g).map(Number);
        check(Math.max(...ink) < 80, `ink is ${seen.ink}`);
        await picture(page, 'print-overdue');
        await page.pdf({ path: path.join(OUT, 'pictures', 'print-overdue.pdf'), preferCSSPageSize: true });
        await page.evaluate(() => dispatchEvent(new Event('afterprint')));
        await page.emulateMedia({ media: 'screen' });
        await until(async () => await page.locator('tbody tr').count() === 100, 'the screen again');
        await page.goto(`${url}/board`);
        await page.waitForSelector('.chart canvas');
        await page.emulateMedia({ media: 'print' });
        await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
        await until(() => page.evaluate(() => {
            const canvas = document.querySelector('.chart canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            let dark = 0;
            for (let i = 0; i < data.length; i += 4) {
                dark += data[i + 3] > 128 && data[i] + data[i + 1] + data[i + 2] < 200 ? 1 : 0;
            }
            return dark > 40;
        }), 'the chart in dark ink');
        await picture(page, 'print-board');
        await page.context().close();
    });
}

/* A task force is formed by its decision, its member says who is there, and who formed it
 * ends it by two presses. */
async function task_force_is_formed_and_ended() {
    await withWorld({ ...PROVINCE, units: 4 }, async (world, url) => {
        const page = await open({ url, size: 'phone' });
        await signIn(page, url, { face: 'centre' });
        await page.goto(`${url}/centre#/periods`);
        await page.click('.sheet >> text=Tổ công tác');
        await page.click('text=Lập tổ công tác');
        await page.waitForSelector('#f-one');
        await page.click('form button.main');
        for (const lacks of ['one', 'name', 'doc_no', 'until']) {
            await page.waitForSelector(`[data-field=${lacks}] .error`);
        }
        await page.fill('#f-one', 'xa thu 1.1');
        await page.press('#f-one', 'Enter');
        await page.waitForSelector('.chips li');
        await page.fill('#f-name', 'Tổ công tác kỳ họp');
        await page.fill('#f-doc_no', '5740/QĐ-UBND');
        await page.fill('#f-until', dayFrom(-1));
        await page.click('form button.main');
        await page.waitForSelector('[data-field=until] .error');
        check(world.sent.length === 0, 'it ends before it begins');
        await page.fill('#f-until', dayFrom(9));
        await look(page, 'taskforce-new');
        await page.click('form button.main');
        await page.waitForSelector('.sheet >> text=chưa báo ngày nào');
        check(JSON.stringify(world.sent.at(-1).body) === JSON.stringify({ name: 'Tổ công tác kỳ họp',
            doc_no: '5740/QĐ-UBND', from_date: dayFrom(0), until: dayFrom(9), to: [officeId(3)] }),
        JSON.stringify(world.sent.at(-1)));
        check(await page.locator('#f-date').count() === 0, 'who is no member says who is there');
        await page.click('text=Kết thúc tổ');
        check(world.taskforces[0].state === 'running', 'ended by one press');
        await page.click('text=Kết thúc tổ');
        await until(() => world.taskforces[0].state === 'ended', 'the end');
        await page.context().close();
    });
    await withWorld({}, async (world, url) => {
        world.taskforces.push(makePeriod(world, [world.self], 0, { name: 'Tổ 3626',
            doc_no: '3626/QĐ-UBND' }));
        const page = await open({ url, size: 'small' });
        await signIn(page, url, { face: 'desk' });
        await page.goto(`${url}/desk#/taskforces`);
        await page.click('.rows >> text=Tổ 3626');
        await page.waitForSelector('.facts >> text=3626/QĐ-UBND');
        await page.check('[value=substitute]');
        await page.click('form button.main');
        await page.waitForSelector('[data-field=name] .error');
        await page.fill('#f-name', 'Lê Hoa');
        await look(page, 'taskforce-presence');
        await page.click('form button.main');
        await until(() => world.sent.length === 1, 'the word');
        check(JSON.stringify(world.sent[0].body) === JSON.stringify({ kind: 'substitute', date: dayFrom(0),
            name: 'Lê Hoa' }), JSON.stringify(world.sent[0]));
        check(await page.locator('text=Kết thúc tổ').count() === 0, 'a member may end it');
        await page.context().close();
    });
}

/* A table is read whole before anything is written; what was refused half way goes on,
 * and nothing is written twice. */
async function shifts_from_a_table() {
    await withWorld({ role: 'leader' }, async (world, url) => {
        const page = await open({ url, size: 'small' });
        await signIn(page, url, { face: 'desk' });
        await page.goto(`${url}/desk#/shifts`);
        await page.click('text=Nhập lịch trực từ bảng');
        const paste = async (rows) => {
            await page.fill('#r-table', rows.join('\n'));
            await page.press('#r-table', 'Tab');
        };
        const [day, later] = [dayFrom(1), dayFrom(2)];
        await paste(['xin chào', `${day}\t7:30\t25:00\tlãnh đạo\tVõ Tâm\t0276`,
            `${dayFrom(-1)}\t7h30\t17h\tvua\t\t0276`]);
        await page.waitForSelector('#r-told .error >> nth=2');
        const told = await page.innerText('#r-told');
        check(/Dòng 1: xem lại Ngày trực.*Dòng 2: xem lại Đến giờ\. .*Dòng 3: xem lại Ngày trực, Trực gì, Người trực\./s
            .test(told), told);
        check(await page.isDisabled('form button.main') && world.sent.length === 0, 'half a table may be saved');
        await page.setInputFiles('#r-file', { name: 'lich.csv', mimeType: 'text/csv', buffer: Buffer.from(
            `\uFEFFNgày,Từ,Đến,Trực gì,Họ tên,Điện thoại\r\n${day},7:30,17h,lãnh đạo trực,Võ Thành Tâm,0276 3822 009\r\n`
            + `${later},730,1700,can bo,"Lê Hoa",0912\r\n${later},17h,23:59,guard,Đỗ Ba,0913\r\n`) });
        await page.waitForSelector('table.list tbody tr >> nth=2');
        await look(page, 'roster-table');
        world.shiftsMost = 2;
        await page.click('form button.main');
        await page.waitForSelector('.note >> text=Đã ghi 2/3 ca');
        check(await page.isDisabled('#r-table'), 'what is half written can be changed');
        world.shiftsMost = -1;
        await page.click('form button.main');
        await page.waitForSelector('p.done >> text=3 ca');
        check(world.shifts.length === 3, `${world.shifts.length} shifts`);
        const first = world.sent.find((w) => w.path === '/api/v1/shifts').body;
        check(JSON.stringify(first) === JSON.stringify({ date: day, at: '07:30', end: '17:00', kind: 'leader',
            name: 'Võ Thành Tâm', phone: '0276 3822 009' }), JSON.stringify(first));
        check(world.shifts.map((s) => s.duty).join() === 'leader,officer,guard', 'other duties');
        await page.context().close();
    });
}

/* What an office below has phoned in bears its name, in three kinds; no kind of it is
 * sent half filled. */
async function phoned_in_is_written_down() {
    await withWorld({ ...PROVINCE, units: 4 }, async (world, url) => {
        const [there, elsewhere] = [officeId(3), officeId(5)];
        world.periods.push(makePeriod(world, [there], 0));
        const page = await open({ url, size: 'phone' });
        await signIn(page, url, { face: 'centre' });
        await page.click('.mine >> text=Ghi hộ theo điện thoại');
        const pick = async (name) => {
            await page.fill('#f-office', name);
            await page.press('#f-office', 'Enter');
        };
        const send = () => page.click('form button.main');
        await page.waitForSelector('#f-office');
        await send();
        await page.waitForSelector('[data-field=office] .error');
        await page.waitForSelector('[data-field=what] .error');
        await pick('khong co noi nay');
        await page.check('[value=report]');
        await send();
        await page.waitForSelector('[data-field=office] .error');
        check(world.sent.length === 0, 'sent for nobody');
        await pick('xa thu 1.1');
        await page.check('[value=crowd]');
        await send();
        for (const lacks of ['place', 'people', 'field']) {
            await page.waitForSelector(`[data-field=${lacks}] .error`);
        }
        await page.check('[value="Trụ sở xã"]');
        await page.check('[value="50"]');
        await page.fill('#f-field', 'dat dai');
        await page.press('#f-field', 'Enter');
        await look(page, 'phoned-phone');
        await send();
        await page.waitForSelector('p.done >> text=Xã Thử 1.1');
        check(JSON.stringify(world.sent.at(-1)) === JSON.stringify({ path: '/api/v1/incidents', body: {
            place: 'Trụ sở xã', people: 50, field: 'land', subject: 'đất đai', for: there } }),
        JSON.stringify(world.sent.at(-1)));
        await page.click('text=Ghi tiếp');
        await page.check('[value=daily]');
        await page.check('[name=x-period]');
        await page.check('[value=nothing]');
        check(await page.locator('#f-text').count() === 0, 'nothing to say asks for a text');
        await send();
        await page.waitForSelector('p.done');
        check(JSON.stringify(world.sent.at(-1).body) === JSON.stringify({ nothing: true, for: there })
            && world.sent.at(-1).path.endsWith('/reports'), JSON.stringify(world.sent.at(-1)));
        await page.click('text=Ghi tiếp');
        await pick(world.offices.find((o) => o.id === elsewhere).name);
        check(await page.locator('[value=daily]').count() === 0, 'a period that is not theirs');
        await page.check('[value=report]');
        await page.fill('#f-text', 'Mất điện từ sáng, đường truyền đứt');
        await send();
        await page.waitForSelector('p.done');
        check(JSON.stringify(world.sent.at(-1)) === JSON.stringify({ path: '/api/v1/notices', body: {
            to: [world.self], kind: 'report', text: 'Mất điện từ sáng, đường truyền đứt',
            for: elsewhere } }), JSON.stringify(world.sent.at(-1)));
        await page.context().close();
    });
}

/* The work of an office that has only paper is entered in its name: a letter and a
 * reception, nothing half filled, and said so wherever the letter is shown. */
async function paper_is_entered_for_its_office() {
    await withWorld({ ...PROVINCE, units: 4 }, async (world, url) => {
        const there = officeId(3);
        const page = await open({ url, size: 'phone' });
        await signIn(page, url, { face: 'centre' });
        await page.click('.mine >> text=Nhập thay');
        const pick = async (id, word) => {
            await page.fill(id, word);
            await page.press(id, 'Enter');
        };
        const send = () => page.click('form button.main');
        await page.waitForSelector('#f-office');
        await send();
        for (const lacks of ['office', 'what', 'day', 'field']) {
            await page.waitForSelector(`[data-field=${lacks}] .error`);
        }
        await pick('#f-office', 'xa thu 1.1');
        await page.check('[value=letter]');
        check(await page.locator('[value=denunciation]').count() === 0, 'a denunciation is offered');
        await send();
        await page.waitForSelector('[data-field=type] .error');
        await page.check('[value=complaint]');
        await pick('#f-field', 'dat dai');
        await page.fill('#f-number', '17/TCD');
        await page.fill('#f-day', '31/12/2099');
        await send();
        await page.waitForSelector('[data-field=day] .error');
        check(world.sent.length === 0, 'sent half filled');
        await page.fill('#f-day', 'h');
        await look(page, 'instead-phone');
        await send();
        await page.waitForSelector('p.done >> text=Xã Thử 1.1');
        check(JSON.stringify(world.sent.at(-1)) === JSON.stringify({ path: '/api/v1/cases', body: {
            type: 'complaint', field: 'land', text: 'khiếu nại về đất đai', date: dayFrom(0),
            number: '17/TCD', for: there } }), JSON.stringify(world.sent.at(-1)));
        await page.click('text=Ghi tiếp');
        await page.check('[value=turn]');
        await page.fill('#f-day', 'h');
        await page.check('[value=periodic]');
        await page.fill('#f-people', '7');
        await pick('#f-field', 'dat dai');
        await page.check('[value=guided]');
        await send();
        await page.waitForSelector('p.done >> text=Xã Thử 1.1');
        check(JSON.stringify(world.sent.at(-1)) === JSON.stringify({ path: '/api/v1/receptions', body: {
            kind: 'periodic', people: 7, field: 'land', outcome: 'guided', date: dayFrom(0),
            for: there } }), JSON.stringify(world.sent.at(-1)));
        await page.goto(`${url}/centre#/case/${encodeURIComponent(world.cases[0].id)}`);
        await page.waitForSelector('.note >> text=Nhập thay cho Xã Thử 1.1');
        await look(page, 'instead-case-phone');
        await page.context().close();
    });
    await withWorld({ ...PROVINCE, name: 'Tinh Tay Ninh', units: 4 }, async (world, url) => {
        const there = officeId(3);
        world.cases.push(makeCase(world, { origin: there, entered_by: world.self, overdue: true,
            due_on: dayFrom(-2) }));
        const page = await open({ url, lang: 'en' });
        await signIn(page, url, { face: 'centre' });
        await page.goto(`${url}/centre#/overdue`);
        await page.waitForSelector('td >> text=(entered for Xã Thử 1.1)');
        await page.goto(`${url}/centre#/instead/${there}`);
        await page.waitForSelector('h1 >> text=Enter for a unit');
        check(await page.inputValue('#f-office') === 'Xã Thử 1.1', 'another unit');
        await page.check('[value=turn]');
        await look(page, 'instead-desktop-en');
        await page.context().close();
    });
}

/* The whole book: no row before the code, twelve columns after it, gone when closed. */
async function book_opens_with_a_code() {
    await withWorld({}, async (world, url) => {
        const item = makeCase(world, { number: '0412' });
        world.cases.push(item);
        world.register.push({ case: item.id, name: 'Trịnh Thị Oanh', address: 'ấp 3',
            document: 'CCCD 079', account: 'con đường bị chắn' });
        const page = await open({ url });
        await signIn(page, url, { face: 'desk' });
        await page.click('.also >> text=Việc khác');
        await look(page, 'work-more');
        await page.click('text=Sổ tiếp công dân (mẫu 03)');
        await page.fill('#f-code', '000000');
        await page.click('form button.main');
        await page.waitForSelector('.problem');
        check(!(await page.content()).includes('Oanh'), 'a name before the code');
        await page.fill('#f-code', '123456');
        await page.click('form button.main');
        await page.waitForSelector('.book tbody tr');
        const cells = await page.locator('.book tbody td').allInnerTexts();
        check(cells.length === 12 && cells[2].includes('Oanh') && cells[11].includes('0412'),
            cells.join('|'));
        await look(page, 'work-book');
        await page.click('text=Đóng sổ');
        await until(async () => !(await page.content()).includes('Oanh'), 'the book to be closed');
        await page.context().close();
    });
}

/* Items 7 and 8 of the wall: enforcement, and in a period who reports and is on duty. */
async function board_in_a_period() {
    for (const size of ['desk', 'wall']) {
        await withWorld({ ...PROVINCE, units: 168 }, async (world, url) => {
            busy(world);
            world.shifts.push(makeShift(world, officeId(4), [-1, 5]));
            const page = await open({ url, size, dark: size === 'wall' });
            await signIn(page, url, { face: 'board' });
            await page.waitForSelector('.block.period');
            await page.waitForSelector('.block.enforce li');
            await look(page, `board-period-${size}`, { soft: true });
            for (const area of ['crowds', 'late', 'links', 'complete', 'orders', 'enforce', 'period',
                'map', 'flow']) {
                await inSight(page, `.block.${area} h2`, `${size} ${area}`);
                const cut = await page.evaluate((sel) => {
                    const el = document.querySelector(sel);
                    return el.scrollHeight - el.clientHeight;
                }, `.block.${area}`);
                check(cut <= 3, `${size}: ${area} hides ${cut} pixels`);
            }
            const told = await page.innerText('.block.period');
            check(/4\/6/.test(told) && /1\/6/.test(told) && /\b2\b/.test(told), told);
            const enforce = await page.innerText('.block.enforce');
            check(/40/.test(enforce) && !/0GEG/.test(enforce), enforce);
            await page.context().close();
        });
    }
}

await main({ desk_owes_a_word_and_an_answer, more_time_is_asked_and_reports_go_back, a_word_with_something_in_it, shift_is_handed_over,
    directives_are_followed, periods_are_set_and_seen, every_page_opens,
    nothing_is_cut_on_small_screens, tables_leave_with_the_audit_told, pages_print, book_opens_with_a_code,
    phoned_in_is_written_down, paper_is_entered_for_its_office, shifts_from_a_table, task_force_is_formed_and_ended, board_in_a_period });
