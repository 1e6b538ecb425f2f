// What needs no browser: words, the floor of the browsers, sizes, the vendor's
// hashes, dates. With --plant each search is given its fault, and passes only
// when it finds it; with --pages the lists of modules in the pages are written.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { broken, TOO_NEW } from './floor.mjs';

const WEB = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../daemon/web');
const FIRST_VIEW = 150 * 1000;

function files(folder = WEB) {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory()
        ? files(path.join(folder, e.name)) : [path.join(folder, e.name)]));
}

const own = (all) => Object.fromEntries(Object.entries(all).filter(([name]) => /\.(js|css|html)$/
    .test(name) && !name.startsWith('vendor/')));

function readAll() {
    return Object.fromEntries(files().map((f) => [path.relative(WEB, f),
        fs.readFileSync(f, 'utf8')]));
}

/* Newer than Chrome 109 or Firefox ESR 115, in every style and script, the vendor's too. */
function floor(all) {
    return Object.entries(all).filter(([name]) => /\.(css|js)$/.test(name)).flatMap(([name, text]) => broken(
        name.split('.').pop(), text).map((what) => `${name}: ${what} is newer than Chrome 109 or Firefox 115`));
}

/* The pages run under a policy without inline scripts or styles, and ask nobody else. */
function policy(all) {
    const faults = [];
    for (const [name, text] of Object.entries(own(all))) {
        if (/\sstyle=["$]|<style|\son[a-z]+="|javascript:|insertAdjacentHTML|innerHTML|document\.write|\beval\(|new Function\(/.test(text)) {
            faults.push(`${name}: inline style or script, or HTML made of text`);
        }
        if (/<script(?![^>]*\ssrc=)[^>]*>/.test(text)) {
            faults.push(`${name}: a script inside the page`);
        }
        const outside = text.match(/(?:https?:)?\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+/gi)
            ?.filter((x) => !/w3\.org/.test(x)) ?? [];
        if (outside.length > 0) {
            faults.push(`${name}: names another host: ${outside[0]}`);
        }
    }
    return faults;
}

function keysOf(text) {
    return Object.fromEntries([...text.matchAll(/^ {4}(\w+): ("(?:[^"\\]|\\.)*"),$/gm)]
        .map(([, key, value]) => [key, JSON.parse(value)]));
}

/* Keys whose end is made while running: `t(`opt_${x}`)` asks for all of opt_*. */
function asked(all) {
    const exact = new Set();
    const begins = new Set();
    for (const [name, text] of Object.entries(own(all))) {
        if (name.endsWith('.js') && !name.startsWith('words/')) {
            for (const [, key] of text.matchAll(/\b(?:t|title|empty)[(=]\s*['"](\w+)['"]/g)) {
                exact.add(key);
            }
            for (const [, key] of text.matchAll(/\bt\(`(\w+)\$\{/g)) {
                begins.add(key);
            }
            // Keys chosen between, or kept in tables.
            for (const [, key] of text.matchAll(/['"](\w+)['"]/g)) {
                begins.add(`=${key}`);
            }
        }
    }
    return { exact, begins };
}

function words(all) {
    const [vi, en] = ['vi', 'en'].map((lang) => keysOf(Object.keys(all).filter((name) =>
        name.startsWith(`words/${lang}`)).map((name) => all[name]).join('\n')));
    const { exact, begins } = asked(all);
    const faults = [];
    for (const key of new Set([...Object.keys(vi), ...Object.keys(en)])) {
        if (!(key in vi) || !(key in en)) {
            faults.push(`${key}: missing in ${key in vi ? 'en' : 'vi'}`);
        } else if (vi[key] === en[key] || /[^\x20-\x7e]/.test(en[key])) {
            faults.push(`${key}: the English is not English: ${en[key]}`);
        } else if (vi[key].normalize('NFC') !== vi[key]) {
            faults.push(`${key}: not in NFC`);
        } else if ([...vi[key].matchAll(/\{\w+\}/g)].map(String).sort().join()
            !== [...en[key].matchAll(/\{\w+\}/g)].map(String).sort().join()) {
            faults.push(`${key}: not the same places to fill`);
        }
        const used = exact.has(key) || begins.has(`=${key}`)
            || [...begins].some((b) => !b.startsWith('=') && key.startsWith(b));
        if (!used) {
            faults.push(`${key}: nobody asks for it`);
        }
    }
    for (const key of exact) {
        if (!(key in vi)) {
            faults.push(`${key}: asked for, in no dictionary`);
        }
    }
    for (const begin of begins) {
        if (!begin.startsWith('=') && !Object.keys(vi).some((key) => key.startsWith(begin))) {
            faults.push(`${begin}*: asked for, in no dictionary`);
        }
    }
    return Object.keys(vi).length < 150 ? [...faults, 'too few words were found'] : faults;
}

const FACES = ['desk', 'centre', 'board'];

/* @names and all that they import before they run. */
function imported(all, names) {
    const seen = new Set(names);
    for (const name of seen) { // grows while it is walked
        for (const [, found] of (all[name] ?? '').matchAll(/(?:from\s+|import )'\/web\/([^']+)'/g)) {
            seen.add(found);
        }
    }
    return seen;
}

/* What the page of @face ("": of none) names, so that it is fetched in one go and not
 * as one module after the other asks for the next. */
const preloads = (all, face) => [...imported(all, ['app.js', 'words/vi.js',
    ...(face ? [`${face}/${face}.js`] : [])])].filter((name) => name !== 'app.js').sort();

const pageOf = (face) => `${face || 'index'}.html`;

function withPreloads(all, face) {
    const lines = preloads(all, face).map((name) => `<link rel="modulepreload" href="/web/${name}">\n`);
    return all['index.html'].replace(/(<link rel="modulepreload"[^\n]*\n)+/, lines.join(''));
}

/* The pages name what they need, and differ in nothing else. */
function pages(all) {
    return ['', ...FACES].filter((face) => all[pageOf(face)] !== withPreloads(all, face))
        .map((face) => `${pageOf(face)} does not name what it loads: node tests/web/static.mjs --pages writes it`);
}

/* Everything that a face loads before it stands, packed as it is sent. */
export function firstView(all, face) {
    const page = pageOf(face);
    const seen = imported(all, [page, 'words/vi.js', `${face}/${face}.js`,
        ...(face === 'board' ? ['vendor/uplot.js', 'vendor/uplot.css'] : []),
        ...[...all[page].matchAll(/(?:href|src)="\/web\/([^"]+)"/g)].map(([, n]) => n)]);
    let bytes = 0;
    for (const name of seen) {
        bytes += zlib.gzipSync(all[name] ?? '', { level: 9 }).length;
    }
    return bytes;
}

function size(all) {
    return FACES.map((face) => [face, firstView(all, face)])
        .map(([face, bytes]) => {
            console.log(`     ${face}: ${(bytes / 1000).toFixed(1)} kB compressed`);
            return bytes > FIRST_VIEW ? `${face}: ${bytes} bytes` : null;
        }).filter(Boolean);
}

function vendor(all) {
    const listed = [...all['vendor/README.md'].matchAll(/`([\w.-]+)`[^\n]*`([0-9a-f]{64})`/g)];
    const faults = listed.filter(([, name, hash]) => crypto.createHash('sha256')
        .update(all[`vendor/${name}`] ?? '').digest('hex') !== hash)
        .map(([, name]) => `vendor/${name} is not what vendor/README.md says`);
    const names = new Set(listed.map(([, name]) => name));
    for (const name of Object.keys(all)) {
        if (/^vendor\/.*\.(js|css)$/.test(name) && !names.has(name.slice(7))) {
            faults.push(`${name} is not in vendor/README.md`);
        }
    }
    return listed.length < 3 ? [...faults, 'vendor/README.md lists too little'] : faults;
}

function lines(all) {
    return Object.entries(own(all)).filter(([, text]) => text.split('\n').length > 600)
        .map(([name]) => `${name} has more than 600 lines`);
}

/* The modules name each other by absolute paths; node finds them through a copy. */
async function load(name) {
    const folder = fs.mkdtempSync(path.join(process.env.LT_WEB_OUT ?? '/tmp', 'unit-'));
    for (const [file, text] of Object.entries(own(readAll()))) {
        const to = path.join(folder, file.replace(/\.js$/, '.mjs'));
        fs.mkdirSync(path.dirname(to), { recursive: true });
        fs.writeFileSync(to, text.replace(/'\/web\/([^']+)\.js'/g, (whole, target) =>
            `'${pathToFileURL(path.join(folder, `${target}.mjs`))}'`));
    }
    try {
        return await import(pathToFileURL(path.join(folder, name.replace(/\.js$/, '.mjs'))));
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

async function dates() {
    const { parseClock, parseDate, showDate, today, daysTo } = await load('lib/dates.js');
    const now = Date.parse('2026-03-04T18:00:00Z'); // 5 March, 01:00 in Hà Nội
    const cases = [['h', '2026-03-05'], ['5/3', '2026-03-05'], ['0503', '2026-03-05'],
        ['050326', '2026-03-05'], ['05/03/2026', '2026-03-05'], [' 5-3 ', '2026-03-05'],
        ['05032026', '2026-03-05'], ['29/2', null], ['29/2/2028', '2028-02-29'], ['31/4', null],
        ['32/1', null], ['abc', null], ['', null], ['5', null], ['2026-03-05', '2026-03-05']];
    const faults = cases.filter(([typed, day]) => parseDate(typed, { now }) !== day)
        .map(([typed, day]) => `${typed} is ${parseDate(typed, { now })}, not ${day}`);
    const same = (what, got, wanted) => got !== wanted && faults.push(`${what}: ${got}`);
    for (const [typed, clock] of [['7:30', '07:30'], ['0730', '07:30'], ['730', '07:30'],
        ['7h30', '07:30'], ['7h', '07:00'], ['17', '17:00'], ['24:00', null], ['7:60', null],
        ['7:3', null], ['', null], ['sáng', null]]) {
        same(`clock ${typed}`, parseClock(typed), clock);
    }
    same('ahead', parseDate('5/1', { now: Date.parse('2026-12-01T00:00:00Z') }), '2027-01-05');
    same('a day ago', parseDate('30/11', { now: Date.parse('2026-12-01T00:00:00Z') }), '2026-11-30');
    same('past', parseDate('20/12', { past: true, now }), '2025-12-20');
    same('today', today(now), '2026-03-05');
    same('shown', showDate('2026-03-05'), '05/03/2026 (thứ Năm)');
    same('days', daysTo('2026-03-14', now), 9);
    return faults;
}

async function text() {
    const { fold, matches, compareNames } = await load('lib/text.js');
    const names = ['Ô Môn', 'Đa Kao', 'An Bình', 'Dầu Tiếng', 'Ân Thi', 'Ăn Trạch', 'Phường 10',
        'Phường 9', 'Yên Bái', 'Đắk Nông'];
    const wanted = ['An Bình', 'Ăn Trạch', 'Ân Thi', 'Dầu Tiếng', 'Đa Kao', 'Đắk Nông', 'Ô Môn',
        'Phường 9', 'Phường 10', 'Yên Bái'];
    const faults = [];
    const got = [...names].sort(compareNames).join();
    if (got !== wanted.join()) {
        faults.push(`sorted: ${got}`);
    }
    if (fold('Đất đai') !== 'dat dai' || !matches('Đất đai', 'dat d')
        || matches('Đất đai', 'nha') || !matches('Bồi thường, tái định cư', 'tai dinh')) {
        faults.push('letters without marks');
    }
    return faults;
}

/* The daemon's catalogue, as C wrote it: {word: [texts and remedies]}. */
function catalogue() {
    const folder = path.join(WEB, '../../common');
    const source = fs.readdirSync(folder).filter((f) => /^message_\w*table\.h$/.test(f))
        .map((f) => fs.readFileSync(path.join(folder, f), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')).join('\n');
    const found = {};
    for (const [, word, rest] of source.matchAll(/X\(\s*"(\w+)",([\s\S]*?)\)\s*(?=X\(|$)/g)) {
        found[word] = [...rest.matchAll(/((?:"(?:[^"\\]|\\.)*"\s*)+),?/g)].map(([, text]) => text
            .match(/"(?:[^"\\]|\\.)*"/g).map((part) => JSON.parse(part)).join(''));
    }
    return found;
}

/* Every refusal that the daemon can send, with every reason, in the pages' words: nothing
 * of options and commands, and never nothing at all. */
async function told() {
    const { inPageWords } = await load('lib/told.js');
    const all = catalogue();
    const errors = Object.entries(all).filter(([, texts]) => texts.length === 4);
    const reasons = Object.entries(all).filter(([word]) => word.startsWith('ui_why_'));
    const faults = errors.length < 60 || reasons.length < 100 ? ['the catalogue was not read'] : [];
    const look = (what, answer) => {
        const got = inPageWords(answer);
        const text = `${got.message} ${got.remedy ?? ''}`;
        if (/--|lienthong |systemctl|\(CODE\)/.test(text) || got.message === '' || (answer.remedy
            && !got.remedy)) {
            faults.push(`${what}: ${text}`);
        }
        return got;
    };
    const fill = (text, reason) => text.replace('{reason}', reason).replace('{what}', '--due')
        .replace(/[[\]]/g, '');
    for (const [code, [vi, viDo, en, enDo]] of errors) {
        look(code, { code, detail: fill(vi, 'x'), remedy: viDo });
        look(code, { code, detail: fill(en, 'x'), remedy: enDo });
    }
    for (const [word, [vi, en]] of reasons) {
        look(word, { code: 'invalid', detail: fill(all.invalid[0], vi), remedy: all.invalid[1] });
        look(word, { code: 'usage', detail: fill(all.usage[2], en), remedy: all.usage[3] });
    }
    const due = look('due', { code: 'invalid', detail: 'Giá trị không hợp lệ: --sealed-ref (không phải số)' });
    return due.option === 'sealed_ref' ? faults : [...faults, `no field in it: ${due.option}`];
}

/* What `explain` says to do, on a page: no command, and never nothing at all; whoever keeps
 * the machine reads it whole. The catalogue itself is the control of the search. */
async function explained() {
    const { remedyInWords } = await load('lib/told.js');
    const typed = /--|lienthong|systemctl|superior_addresses|log_max|dmesg|\bping\b|\bdf\b|this command|lệnh này|same command/;
    const rows = Object.entries(catalogue()).filter(([word, texts]) => word.startsWith('ui_ex_')
        && texts[1]).flatMap(([word, [, vi, , en]]) => [[word, vi], [word, en]]);
    const faults = rows.filter(([, remedy]) => typed.test(remedy)).length < 30
        ? ['the search finds no commands in the catalogue'] : [];
    for (const [word, remedy] of rows) {
        const plain = remedy.replace(/[[\]]/g, '').replace(/\{\w+\}/g, 'Xã Thử 1.1');
        const told = { code: word.slice(6), remedy: plain };
        const got = remedyInWords(told, ['officer']);
        if (typed.test(got) || !got || / \.|[:;,] ⟦|[:;,]$|\.\.|\( |\(\)/.test(got)) {
            faults.push(`${word}: ${got}`);
        }
        if (!typed.test(plain) && got !== plain) {
            faults.push(`${word} lost something: ${got}`);
        }
        if (typed.test(plain) && !/⟦told_|quản trị máy|operator/.test(got)) {
            faults.push(`${word} names nobody to ask: ${got}`);
        }
        if (remedyInWords(told, ['leader', 'operator']) !== plain) {
            faults.push(`${word}: the operator does not read it whole`);
        }
    }
    return faults;
}

const CHECKS = { floor, policy, words, pages, size, vendor, lines, dates, text, told, explained };
const PLANTS = [
    ...TOO_NEW.map(([, kind, , piece]) => ['floor', `app.${kind}`, `\n${piece}\n`]),
    ['floor', 'vendor/uplot.js', '\n[1].toSorted();'], ['floor', 'vendor/uplot.css', 'a:has(b) {}'],
    ['policy', 'app.js', 'html`<p style="color:red">`'],
    ['policy', 'index.html', '<script>alert(1)</script>'],
    ['policy', 'app.js', "fetch('https://cdn.example.com/x.js')"],
    ['words', 'words/vi.js', '    planted_word: "đã gieo",\n'],
    ['words', 'app.js', "t('planted_word')"],
    ['vendor', 'vendor/preact-htm.js', ' '], ['vendor', 'vendor/other.js', ' '],
    ['pages', 'centre/units.js', "\nimport '/web/lib/drafts.js';\n"], ['pages', 'board.html', '\n'],
    ['size', 'desk/desk.js', crypto.randomBytes(90000).toString('hex')],
    ['lines', 'app.js', '\n'.repeat(600)],
];

let failed = 0;
if (process.argv.includes('--pages')) {
    const all = readAll();
    ['', ...FACES].forEach((face) => fs.writeFileSync(path.join(WEB, pageOf(face)), withPreloads(all, face)));
} else if (process.argv.includes('--plant')) {
    for (const [name, file, more] of PLANTS) {
        const before = readAll();
        const all = name === 'floor' ? { [file]: before[file] } : { ...before };
        const faults = CHECKS[name](all).length;
        all[file] = (all[file] ?? '') + more;
        const found = CHECKS[name](all).length > faults;
        console.log(`${found ? 'ok  ' : 'FAIL'} ${name} finds what was planted in ${file}`);
        failed += found ? 0 : 1;
    }
} else {
    for (const [name, look] of Object.entries(CHECKS)) {
        const faults = await look(readAll());
        console.log(`${faults.length ? 'FAIL' : 'ok  '} ${name}`);
        faults.forEach((fault) => console.log(`     ${fault}`));
        failed += faults.length;
    }
}
process.exit(failed ? 1 : 0);
