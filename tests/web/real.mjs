// The journeys against real daemons: a commune, its district and its province,
// each with its own pages, in one browser with one clock.
import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { check, look, main, open, picture, signIn, tidy, until } from './lib.mjs';

const TREE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'tree.py');
const WARNINGS = 40;

/* Real daemons by tree.py: {p, d, c1, ...}, tell(command), end(). */
async function plant(communes = 1) {
    const child = spawn('python3', [TREE, '--communes', String(communes)],
        { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    check(!first.done, 'the tree did not start');
    const tree = JSON.parse(first.value);
    tree.tell = async (command) => {
        child.stdin.write(`${command}\n`);
        await lines.next();
    };
    tree.end = () => new Promise((resolve) => {
        child.on('exit', resolve);
        child.stdin.end();
    });
    return tree;
}

const enter = (page, tree, node, face, name) => signIn(page, tree[node].url, { face, name,
    secret: tree.password });

async function withTree(run, communes) {
    const tree = await plant(communes);
    try {
        await run(tree);
    } finally {
        await tree.end();
    }
}

/* Raise a warning from the page's own session, as the third touch does. */
const raise = (page, people) => page.evaluate(async (n) => {
    const { post } = await import('/web/lib/api.js');
    const answer = await post('/incidents', { place: 'Trụ sở xã', subject: 'đất đai', field: 'land',
        people: n });
    return answer.id;
}, people);

async function journey_from_commune_to_province_and_back() {
    await withTree(async (tree) => {
        const desk = await open({ size: 'phone', url: tree.c1.url });
        await enter(desk, tree, 'c1', 'desk', 'dung');
        const centre = await open({ url: tree.p.url });
        await enter(centre, tree, 'p', 'centre', 'hoa');
        await centre.waitForSelector('tbody tr');
        await until(async () => /✓.*✓/s.test(await desk.innerText('.line')), 'the line at the desk');
        await look(desk, 'real-desk-phone');
        await look(centre, 'real-centre');

        await desk.tap('.places a >> nth=1');
        await desk.tap('.touches button >> nth=2');
        await desk.tap('.touches button >> nth=0');
        await desk.waitForSelector('p.done');
        await centre.waitForSelector('.running li.untaken');
        check(/Xã Thử 1\.1.*Trụ sở xã.*31–50/s.test(await centre.innerText('.running li')),
            await centre.innerText('.running li'));
        await picture(centre, 'real-centre-warning');
        await centre.click('.running >> text=Tiếp nhận');
        await desk.waitForSelector('.facts >> text=Tỉnh Tây Ninh đã tiếp nhận');
        await until(async () => /Tỉnh Tây Ninh đã tiếp nhận/.test(await desk.innerText('.line')),
            'the human receipt in the line');
        await look(desk, 'real-desk-taken');

        // A directive down, received at the commune, seen above.
        await centre.click('tbody tr:has-text("Xã Thử 1.1") >> text=Đôn đốc');
        await centre.click('button.main >> text=Gửi');
        await centre.waitForSelector('p.done');
        await desk.tap('.sheet header button');
        await desk.tap('#p-new + ul a, #p-new ~ ul a');
        await desk.tap('button.main >> text=Đã tiếp nhận');
        await desk.waitForSelector('.buttons >> text=Hoàn thành');
        await look(desk, 'real-directive');

        const leader = await open({ url: tree.p.url, size: 'wall' });
        await enter(leader, tree, 'p', 'board', 'lan');
        await leader.waitForSelector('.four');
        await until(async () => /1\s*nhận/.test((await leader.innerText('.four')).replace(/\n/g, ' ')),
            'the directive as received on the board');
        await leader.waitForSelector('.u-wrap');
        await look(leader, 'real-board');
        for (const page of [desk, centre, leader]) {
            await tidy(page, 'at the end');
            await page.context().close();
        }
    });
}

/* An unsigned letter: no person, so no entry of the register. */
async function letter_is_found_by_its_receipt() {
    await withTree(async (tree) => {
        const page = await open({ url: tree.c1.url });
        await enter(page, tree, 'c1', 'desk', 'dung');
        await page.keyboard.press('F4');
        await page.waitForSelector('.fields');
        await page.check('[value=by_post]');
        await page.check('[value=recommendation]');
        await page.check('[value=signer_none]');
        await page.fill('#f-field', 'giao thong');
        await page.keyboard.press('Enter');
        await page.check('[value=accept]');
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('.saved, .problem');
        check(await page.locator('.problem').count() === 0, 'it was refused');
        const code = (await page.innerText('.code')).trim();
        await look(page, 'real-f4-saved');
        await page.click('text=Mở vụ việc');
        await page.waitForSelector('.where');
        check(/bước thụ lý/.test(await page.innerText('.where')), await page.innerText('.where'));
        await look(page, 'real-case');
        const above = await open({ url: tree.p.url });
        await enter(above, tree, 'p', 'centre', 'hoa');
        await above.keyboard.press('/');
        await above.fill('#receipt', code);
        await above.keyboard.press('Enter');
        await above.waitForSelector('.verdict.yes');
        await picture(above, 'real-receipt');
        await page.context().close();
        await above.context().close();
    });
}

async function name_stays_at_the_desk() {
    await withTree(async (tree) => {
        const page = await open({ url: tree.c1.url });
        await enter(page, tree, 'c1', 'desk', 'dung');
        await page.keyboard.press('F2');
        await page.waitForSelector('.fields');
        await page.check('[value=complaint]');
        await page.fill('#f-name', 'Sùng A Páo');
        await page.fill('#f-address', 'Bản Lao');
        await page.fill('#f-field', 'dat dai');
        await page.keyboard.press('Enter');
        await page.check('[value=received]');
        await page.keyboard.press('Control+Enter');
        await page.waitForSelector('.saved, .problem');
        check(await page.locator('.problem').count() === 0, 'it was refused');
        await look(page, 'real-f2-saved');
        await page.click('text=Mở vụ việc');
        await page.waitForSelector('.where');
        await page.click('text=Hiện tên');
        await page.waitForSelector('.here-box >> text=Sùng A Páo');
        // Without marks it is found; a coordinator of the same office finds nothing.
        const search = (who) => who.evaluate(async () => {
            const answer = await fetch('/api/v1/register?q=sung%20a%20pao');
            return [answer.status, await answer.text()];
        });
        const [found, text] = await search(page);
        check(found === 200 && JSON.parse(text).items.length === 1, `${found} ${text}`);
        const other = await open({ url: tree.c1.url });
        await enter(other, tree, 'c1', 'centre', 'hoa');
        const [refused, why] = await search(other);
        check(refused === 403 && !why.includes('Páo'), `${refused} ${why}`);
        await other.context().close();
        // The province has the case, and no name.
        const above = await open({ url: tree.p.url });
        await enter(above, tree, 'p', 'centre', 'hoa');
        const has = () => above.evaluate(async () => (await (await fetch('/api/v1/cases'))
            .json()).items.length);
        await until(async () => await has() === 1, 'the case at the province');
        const held = await above.evaluate(async () => {
            const answer = await fetch('/api/v1/cases');
            return answer.text();
        });
        check(!held.includes('Páo') && !held.includes('Bản Lao'), 'a name left the office');
        await page.context().close();
        await above.context().close();
    });
}

async function district_down_is_said_in_grey() {
    await withTree(async (tree) => {
        const page = await open({ url: tree.c1.url, lang: 'en' });
        await enter(page, tree, 'c1', 'desk', 'dung');
        await until(async () => /Reached/.test(await page.innerText('.line')), 'the line');
        await tree.tell('kill d');
        await page.waitForSelector('.line.grey');
        await raise(page, 10);
        await page.waitForSelector('#p-crowd');
        await look(page, 'real-link-down-en');
        await tree.tell('start d');
        await until(async () => await page.locator('.line.grey').count() === 0, 'the link again');
        await page.context().close();
    });
}

/* From the commune's key to the province's page, on loopback: one browser, one clock. */
async function warning_is_seen_at_once() {
    await withTree(async (tree) => {
        const desk = await open({ url: tree.c1.url });
        await enter(desk, tree, 'c1', 'desk', 'dung');
        const centre = await open({ url: tree.p.url });
        await enter(centre, tree, 'p', 'centre', 'hoa');
        await centre.waitForSelector('tbody tr');
        await centre.evaluate(() => {
            globalThis.seen = new Map();
            new MutationObserver(() => {
                for (const a of document.querySelectorAll('.running li a')) {
                    const id = decodeURIComponent(a.hash.split('/')[2] ?? '');
                    if (!globalThis.seen.has(id)) {
                        globalThis.seen.set(id, Date.now());
                    }
                }
            }).observe(document.body, { childList: true, subtree: true, characterData: true,
                attributes: true });
        });
        const took = [];
        for (let i = 0; i < WARNINGS; i++) {
            const sent = Date.now();
            const id = await raise(desk, 10 + i);
            const at = await until(() => centre.evaluate((x) => globalThis.seen.get(x), id),
                'the warning at the province');
            took.push(at - sent);
            await centre.evaluate(async (x) => {
                const { post, idPath } = await import('/web/lib/api.js');
                await post(`/incidents/${idPath(x)}/close`, { reason: 'error' });
            }, id);
        }
        took.sort((a, b) => a - b);
        const at = (q) => took[Math.min(took.length - 1, Math.floor(took.length * q))];
        console.log(`     ${WARNINGS} warnings: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
        check(at(0.5) < 1000, `half of them took more than ${at(0.5)} ms`);
        await desk.context().close();
        await centre.context().close();
    });
}

await main({ journey_from_commune_to_province_and_back, letter_is_found_by_its_receipt,
    name_stays_at_the_desk,
    district_down_is_said_in_grey, warning_is_seen_at_once });
