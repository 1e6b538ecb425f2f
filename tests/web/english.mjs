// A reader of English finds no Vietnamese on the pages but what people typed. The
// world here holds typed words without marks and the pages' own words as the daemon
// keeps them, so that every letter with a mark is a leftover.
import { axe, check, main, open, picture, signIn, until, withWorld } from './lib.mjs';
import { dayFrom, makeAsk, makeCase, makeDirective, makeIncident, makePeriod, makeShift, officeId }
    from './fixture.mjs';

const ago = (minutes) => new Date(Date.now() - minutes * 60e3).toISOString();
const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd')
    .replace(/Đ/g, 'D');
const HELP = 'lãnh đạo tiếp; hồ sơ, tài liệu; số người đại diện: 3; Can them ghe; đã gọi trực ban lúc 08:14';
const ENTERED = ['Khieu nai ve dat dai', 'Nguồn: qua bưu điện', 'Cơ quan bị khiếu nại: UBND huyen',
    'Đơn ghi gửi nhiều nơi: có', 'Đủ điều kiện: không đủ: thieu chu ky', 'Thẩm quyền: nơi khác',
    'Đề xuất: chuyển'].join('\n');

/* What people type, without marks. */
function typed(world) {
    Object.assign(world, { name: plain(world.name) });
    for (const person of Object.values(world.people)) {
        person.shown = plain(person.shown);
    }
    for (const office of world.offices) {
        office.name = plain(office.name);
    }
    const self = world.self;
    const text = 'Kiem tra, tra loi dan';
    world.offices.slice(3, 8).forEach((o, i) => Object.assign(o, { overdue: i, late_days_most: 9,
        link: ['silent', 'behind', 'withheld', 'unknown', 'current'][i], since: ago(300),
        directives_unanswered: i }));
    const below = world.self === officeId(1);
    const from = below ? officeId(5) : self;
    ['Trụ sở xã', 'Nơi tiếp công dân', 'Nơi khác trong xã', 'Cho Tan Bien'].forEach((place, i) => world
        .incidents.push(makeIncident(world, { origin: from, place, help: HELP, field: ['land', null,
            'other', 'labour'][i], subject: 'dat dai', raised_at: ago(3 + 20 * i), ...(i === 2
            ? { state: 'taken', taken_at: ago(1), taken_by: officeId(1) } : i === 3
                ? { state: 'closed', closed_at: ago(1), reason: 'left' } : {}) })));
    world.incidents.push(makeIncident(world, { origin: from, kind: 'forecast', expected_at: ago(-90),
        place: 'Trụ sở cấp trên', raised_at: ago(10) }));
    world.cases.push(makeCase(world, { due_on: dayFrom(-4), overdue: true, text: ENTERED, more: [
        { event: 's1', origin: self, type: 'CASE_STEP', detail: 'accepted', doc_no: '1/QD' },
        { event: 's2', origin: self, type: 'CASE_STEP', detail: 'extended' }],
    deadlines: [{ rule: 'KN-02', due_on: dayFrom(-4), why: { en: 'KN-02: 10 days', vi: 'KN-02: 10 ngày' } }],
    seen_by: [{ office: officeId(1), last_at: ago(9), days: 1 }] }),
    makeCase(world, { due_on: dayFrom(0), field: 'housing', type: 'feedback', due_rule: 'KNPA-01',
        offered_to: [officeId(1)] }),
    makeCase(world, { state: 'closed', reason: 'guided', due_on: null, voided: false }),
    makeCase(world, { type: 'denunciation', sealed_ref: '12', accused: 'elsewhere', due_on: null,
        due_month: dayFrom(20).slice(0, 7), due_rule: 'TC-01', custodian: officeId(2), origin: self }),
    makeCase(world, { about: 'unenforced', decided_on: dayFrom(-30), due_rule: 'KN-13', tasks_owed: 1,
        tasks: [{ event: 't1', agency: 'Phong TN', text, due_on: dayFrom(1) }] }));
    for (const urgent of [false, true]) {
        world.directives.push(makeDirective(world, { doc_no: `${urgent}/CD`, urgent, text,
            issuer: officeId(1), to: [{ office: below ? officeId(5) : self, status: urgent ? '03' : '01',
                at: ago(4), reason: null }, { office: officeId(4), status: null, at: null, reason: null }] }));
    }
    const offices = below ? world.offices.slice(2, 8).map((o) => o.id) : [self];
    world.periods.push(makePeriod(world, offices, 0, { name: 'Ky hop Quoc hoi' }));
    world.requests_.push(makeAsk(world, 'documents', officeId(1), [below ? officeId(4) : self], { text,
        doc_no: '7/UBND' }), makeAsk(world, 'overdue', self, [officeId(2)], { text, doc_no: '8/UBND' }));
    world.notices.push(makeAsk(world, 'hotspot', officeId(2), [self], { text, doc_no: '9/UBND' }));
    world.shifts.push(makeShift(world, self, [-2, 5], { person: 'Le Van Son', duty: 'leader' }));
    world.flags.push({ id: 'f1', event: world.cases[0].id, index: 0, matter: world.cases[0].id,
        writer: self, flagged_by: officeId(2), flagged_at: ago(5), due_on: dayFrom(1), state: 'masked' });
    world.retaliations.push({ ...makeAsk(world, 'threat', self, [officeId(2)], { text: null,
        doc_no: null }), case: world.cases[0].id });
}

/* Letters with Vietnamese marks in what can be read or is read aloud; what is marked
 * as Vietnamese (the name of the product, the way back to Vietnamese) is meant to be, and
 * what a form proposes to send is written for every office that reads it. */
const leftovers = (page) => page.evaluate(() => {
    const marked = /[ăâđêôơưàảãạáằẳẵặắầẩẫậấèẻẽẹéềểễệếìỉĩịíòỏõọóồổỗộốờởỡợớùủũụúừửữựứỳỷỹỵý]/i;
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const el = node.nodeType === 1 ? node : node.parentElement;
        if (el.closest('[lang=vi], textarea') || !(el.checkVisibility() || el.closest('select'))) {
            continue;
        }
        const said = node.nodeType === 1 ? ['title', 'placeholder', 'aria-label', 'alt'].map((name) => el
            .getAttribute(name) ?? '') : [node.data];
        found.push(...said.filter((text) => marked.test(text)).map((text) => text.trim()));
    }
    return [...new Set(found)];
});

/* Search the page; then again with a word and a label planted, which it must find. */
async function search(page, what) {
    const found = await leftovers(page);
    if (found.length > 0) {
        await picture(page, `english-${what.replace(/\W+/g, '-')}`);
    }
    check(found.length === 0, `${what}: ${found.join(' | ')}`);
    const control = await page.evaluate(() => {
        const el = document.createElement('p');
        el.append('Trụ sở');
        el.setAttribute('aria-label', 'Đất');
        (document.querySelector('dialog[open]') ?? document.querySelector('#main, main')).append(el);
        return new Promise((resolve) => requestAnimationFrame(() => resolve(true)));
    }) && await leftovers(page);
    await page.evaluate(() => document.querySelector('p[aria-label="Đất"]').remove());
    check(control.includes('Trụ sở') && control.includes('Đất'), `${what}: the search finds nothing`);
}

async function walk(face, options, pages) {
    await withWorld(options, async (world, url) => {
        typed(world);
        const page = await open({ url, lang: 'en' });
        await page.goto(`${url}/${face}`);
        await page.waitForSelector('#s-name');
        await search(page, `${face} sign-in`);
        await signIn(page, url, { face });
        await until(() => page.evaluate(() => !/Loading|…$/m.test(document.querySelector('#main').innerText)),
            'the first sight');
        await search(page, `${face} first sight`);
        await picture(page, `english-${face}`);
        for (const [name, act] of pages(world)) {
            await page.goto(`${url}/${face}#/${name}`);
            await page.waitForSelector('.sheet h1');
            await until(async () => !/Loading|^…$/m.test(await page.innerText('#main')), name);
            await search(page, `${face} ${name}`);
            await act?.(page, (more) => search(page, `${face} ${name} ${more}`));
        }
        await page.context().close();
    });
}

const id = (item) => encodeURIComponent(item.id);

/* Every form that the buttons of a page open, one after the other. */
async function eachButton(page, seek) {
    const forms = await page.locator('.sheet .buttons button, .sheet .mend button').count();
    for (let i = 0; i < forms; i++) {
        await page.locator('.sheet .buttons button, .sheet .mend button').nth(i).click();
        await seek(`button ${i + 1}`);
        await page.reload();
        await page.waitForSelector('.sheet h1');
        await page.waitForSelector('.sheet .buttons button');
    }
}

async function form(page, seek) {
    for (const type of await page.locator('[name=x-type]').evaluateAll((all) => all.map((x) => x.value))) {
        await page.check(`[name=x-type][value=${type}]`);
        await seek(type);
    }
    await page.fill('#f-field', '');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Control+Enter');
    await seek('refused');
}

async function desk_in_english() {
    await walk('desk', { role: 'leader', name: 'Xa Thu 1.1' }, (w) => [
        ['visit', form], ['petition', form], ['crowd', async (page, seek) => {
            await page.keyboard.press('1');
            await seek('how many');
            await page.keyboard.press('2');
            await seek('what');
        }], ['forecast'], ['receipt'], ['cases'], ['done'], ['directives'], ['more'], ['shift'],
        ...['periods', 'requests', 'request-new', 'notices', 'notice-new', 'shifts', 'shifts-table', 'taskforces', 'taskforce-new', 'tasks', 'flags',
            'threats', 'summary', 'book', 'track'].map((name) => [name]),
        [`case/${id(w.cases[0])}`, eachButton], ...w.cases.slice(1).map((c) => [`case/${id(c)}`]),
        ...w.incidents.map((i) => [`incident/${id(i)}`]),
        [`directive/${id(w.directives[0])}`, eachButton], [`directive/${id(w.directives[1])}`],
        [`period/${id(w.periods[0])}`], ...w.requests_.map((r) => [`request/${id(r)}`]),
        [`notice/${id(w.notices[0])}`], [`duty/${id(w.shifts[0])}`]]);
}

async function centre_in_english() {
    const lists = ['overdue', 'due_soon', 'offered', 'contested', 'untold', 'moved', 'late_extension',
        'late_entry', 'unenforced', 'backlog', 'passed_on', 'silent', 'directives', 'incidents'];
    await walk('centre', { self: 1, kind: 'province', name: 'Tinh Tay Ninh', role: 'leader', units: 12 },
        (w) => [...lists.map((name) => [name]), ...['track', 'periods', 'period-new', 'requests', 'notices',
            'tasks', 'shifts', 'flags', 'threats', 'summary', 'receipt', 'issue', 'phoned', 'instead'].map((name) => [name]),
        [`unit/${officeId(5)}`], [`urge/${officeId(5)}`], [`support/${id(w.incidents[0])}`],
        [`case/${id(w.cases[0])}`], ...w.incidents.map((i) => [`incident/${id(i)}`]),
        [`directive/${id(w.directives[0])}`], [`period/${id(w.periods[0])}`]]);
}

async function board_in_english() {
    await walk('board', { self: 1, kind: 'province', name: 'Tinh Tay Ninh', role: 'leader', units: 12 },
        () => []);
}

await main({ desk_in_english, centre_in_english, board_in_english });
