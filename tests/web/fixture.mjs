// A small server for the pages' own tests: it answers by the API's contract out
// of memory, so that a test can have 3,321 offices, a dead link or an answer that
// never comes. The journeys run against real daemons as well (real.py).
import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import crypto from 'node:crypto';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
export const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; "
    + "img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'none'; "
    + "base-uri 'none'; frame-ancestors 'none'";
const FACES = { officer: ['desk'], coordinator: ['centre'], leader: ['desk', 'centre', 'board'],
    inspector: ['centre', 'board'], operator: [] };

export const officeId = (n) => n.toString(16).padStart(32, '0');
const epoch = '209c584ac4a7c351';
const iso = (ms) => new Date(ms).toISOString();
export const dayFrom = (days) => iso(Date.now() + 7 * 3600e3 + days * 86400e3).slice(0, 10);

/** What the server knows. @size: how many communes below the province. */
export function makeWorld({ self = 3, kind = 'commune', name = 'Xã Thử 1.1', role = 'officer',
    units = 3, cases = 0 } = {}) {
    const world = {
        self: officeId(self), kind, name, role, signedIn: false, locked: false, pos: 0,
        people: { lan: { shown: 'Nguyễn Thị Lan', role, password: 'mat-khau-dai', pin: '1234' },
            binh: { shown: 'Trần Bình', role: 'officer', password: 'mat-khau-khac', pin: '5678' } },
        offices: [], cases: [], incidents: [], directives: [], register: [], periods: [], requests_: [],
        notices: [], taskforces: [], shifts: [], flags: [], receptions: [], retaliations: [], answers: new Map(),
        requests: [], sent: [], listeners: new Set(), fail: null, link: { up: true, since: Date.now() - 36e5 },
        keeperAll: true, reached: true,
    };
    const base = { link: 'current', since: iso(Date.now() - 864e5), open: 3, overdue: 0,
        due_soon: 0, incidents_open: 0, incidents_untaken: 0, directives_unanswered: 0,
        late_days_most: 0, last_event_at: iso(Date.now() - 60e3), code: null, daily_status: null,
        on_duty: null };
    world.offices.push({ ...base, id: officeId(1), name: 'Tỉnh Tây Ninh', kind: 'province',
        parent: null });
    world.offices.push({ ...base, id: officeId(2), name: 'Huyện Thử 1', kind: 'district',
        parent: officeId(1) });
    for (let n = 0; n < units; n++) {
        world.offices.push({ ...base, id: officeId(3 + n),
            name: n === 0 ? 'Xã Thử 1.1' : `${['Xã', 'Phường'][n % 2]} ${NAMES[n % NAMES.length]} ${n}`,
            kind: 'commune', parent: officeId(2) });
    }
    for (let n = 0; n < cases; n++) {
        world.cases.push(makeCase(world, { opened_on: dayFrom(-(n % 60)),
            due_on: dayFrom(n % 40 + 1), custodian: officeId(3 + n % units) }));
    }
    return world;
}

const NAMES = ['Đắk Nông', 'Ân Thi', 'Bình An', 'Ô Môn', 'Đa Kao', 'Âu Lâu', 'Tân Phú', 'Ứng Hòa'];
let counter = 100;

export function makeCase(world, more = {}) {
    counter += 1;
    const office = more.custodian ?? world.self;
    return { id: `${office}:${epoch}:${counter}`,
        receipt_code: `0GEG-WPX5-${String(counter).padStart(4, '0')}-8TNF-K`, number: null,
        type: 'complaint', field: 'land', state: 'open', custodian: office, origin: office,
        entered_by: null, moves: 0, opened_on: dayFrom(0), due_on: dayFrom(10), overdue: false, due_soon: false,
        due_rule: 'KN-02', last_event_at: iso(Date.now()), contested: false, waiting: false,
        voided: false, reason: null, offered_to: [], claimants: [], assigned_by: null,
        remarks: 0, ...more };
}

export function makeIncident(world, more = {}) {
    counter += 1;
    const office = more.origin ?? world.self;
    return { id: `${office}:${epoch}:${counter}`, state: 'raised', origin: office,
        place: 'Trụ sở xã', subject: 'đất đai', help: null, people: 30,
        raised_at: iso(Date.now()), arrived_at: iso(Date.now()), taken_at: null, taken_by: null,
        closed_at: null, waiting: false, voided: false, field: 'land', reason: null, entered_by: null,
        joined_to: null, ...more };
}

export function makeDirective(world, more = {}) {
    counter += 1;
    return { id: `${officeId(1)}:${epoch}:${counter}`, doc_no: `0${counter}/CĐ`,
        issuer: officeId(1), issued_at: iso(Date.now() - 36e5), due_on: dayFrom(5),
        overdue: false, to: [{ office: world.self, status: '01', at: iso(Date.now()),
            reason: null }], waiting: false, voided: false, progress: { done: 0 },
        urgent: false, text: 'Kiểm tra, trả lời dân', ...more };
}

const target = (office, status = null) => ({ office, status, at: status ? iso(Date.now()) : null,
    reason: null });

/** A heightened period of @world.self over @offices; the first @said have said today. */
export function makePeriod(world, offices, said, more = {}) {
    counter += 1;
    const to = offices.map((office, i) => ({ office, status: '03', days_said: i < said ? 3 : 1,
        days_with_something: i === 0 ? 1 : 0, days_missed: i < said ? 0 : 2,
        last_day: i < said ? dayFrom(0) : dayFrom(-2) }));
    return { id: `${officeId(1)}:${epoch}:${counter}`, name: 'Kỳ họp Quốc hội', issuer: officeId(1),
        state: 'running', from: dayFrom(-2), until: dayFrom(5), every_days: 1, by: '16:00',
        take_within_minutes: 10, last_due: { day: dayFrom(-1), said: 2, nothing: 1, something: 1,
            silent: [] }, silent: offices.slice(said), to, waiting: false, voided: false,
        days: [{ day: dayFrom(-1), said: 2, nothing: 1, something: 1, silent: 1 },
            { day: dayFrom(0), said, nothing: said, something: 0, silent: offices.length - said }],
        ...more };
}

/** A request or notice from @issuer to @offices. */
export function makeAsk(world, kind, issuer, offices, more = {}) {
    counter += 1;
    return { id: `${issuer}:${epoch}:${counter}`, kind, issuer, issued_at: iso(Date.now() - 36e5),
        doc_no: `0${counter}/UBND`, due_on: dayFrom(2), overdue: false, to: offices.map((o) => target(
            o, '01')), progress: {}, waiting: false, voided: false, text: 'Hồ sơ giao đất năm 2003', ...more };
}

export function makeShift(world, office, hours, more = {}) {
    counter += 1;
    return { id: `${office}:${epoch}:${counter}`, office, duty: 'officer', state: hours[0] <= 0
        && hours[1] > 0 ? 'on' : hours[0] > 0 ? 'ahead' : 'over', from: iso(Date.now() + hours[0] * 36e5),
    until: iso(Date.now() + hours[1] * 36e5), person: 'Lê Văn Sơn', phone: '0276 3822 001',
    substitute: false, handed_over_at: null, handed_over_to: null, waiting: false, voided: false, ...more };
}

const names = (world) => Object.fromEntries(world.offices.map((o) => [o.id, o.name]));

function statusOf(world) {
    const parent = world.offices.find((o) => o.id === world.self)?.parent ?? null;
    const unknown = { urgent: null, normal: null, bulk: null };
    return { schema: 'lienthong.status/1', version: '0.2.0', office: { id: world.self,
        name: world.name, kind: world.kind, parent, superiors: [officeId(2), officeId(1)],
        keeper: officeId(1) }, state: 'ready', log: { last_commit_at: iso(Date.now()) },
    links: parent === null ? [] : [{ office: parent, name: names(world)[parent], role: 'parent',
        state: world.link.up ? 'up' : 'connecting', since: iso(world.link.since),
        last_ack_at: world.link.up ? iso(Date.now()) : null,
        waiting: world.link.up ? { urgent: 0, normal: 0, bulk: 0 } : unknown }],
    receipt: { keeper: officeId(1), at: iso(Date.now()), covers_all: world.keeperAll,
        missing_events: world.keeperAll ? 0 : 3 },
    offices: [], alarms: [], names: names(world) };
}

const problem = (status, code, detail, remedy) => ({ status, body: { type: 'about:blank',
    title: code, status, detail, code, remedy, request_id: null, outcome: 'none' } });

function page(world, items, q) {
    const limit = Number(q.get('limit') ?? 100);
    const at = Number(q.get('after') ?? 0);
    const more = at + limit < items.length ? String(at + limit) : null;
    return { items: items.slice(at, at + limit), next: more, names: names(world) };
}

function listCases(world, q) {
    const day = dayFrom(0);
    return world.cases.filter((c) => (!q.get('open') || c.state !== 'closed')
        && (!q.get('closed') || c.state === 'closed')
        && (!q.get('office') || c.custodian === q.get('office') || c.origin === q.get('office'))
        && (!q.get('overdue') || (c.state !== 'closed' && c.due_on < day))
        && (!q.get('since') || c.opened_on >= q.get('since'))
        && (!q.get('tasks') || c.tasks_owed > 0)
        && (!q.get('about') || c.about === q.get('about'))
        && (!q.get('due_soon') || (c.state !== 'closed' && c.due_on >= day
            && c.due_on <= dayFrom(3))));
}

export function change(world, kind, matter, type) {
    world.pos += 1;
    const data = { pos: `p${world.pos}`, event: matter, type, matter, kind,
        origin: world.self, urgent: kind === 'incident' };
    for (const answer of world.listeners) {
        answer.write(`id: p${world.pos}\nevent: change\ndata: ${JSON.stringify(data)}\n\n`);
    }
}

/** Something happens elsewhere. */
export function happen(world, kind, item, type) {
    world[`${kind}s`].unshift(item);
    change(world, kind, item.id, type);
}

export const tell = (world) => {
    for (const answer of world.listeners) {
        answer.write('event: status\ndata: {}\n\n');
    }
};

function written(world, id, more = {}) {
    counter += 1;
    return { event: `${world.self}:${epoch}:${counter}`, id, request_id: crypto.randomUUID(),
        committed_at: iso(Date.now()), repeated: false, ...more };
}

function sessionOf(world) {
    const person = world.people[world.signedIn];
    return { person: { name: world.signedIn, shown: person.shown,
        roles: [person.role, ...person.also ?? []] },
        locked: world.locked, expires_at: iso(Date.now() + 36e5),
        office: { id: world.self, name: world.name, kind: world.kind,
            parent: world.offices.find((o) => o.id === world.self)?.parent ?? null }, faces: FACES[person.role] };
}

/* How the daemon refuses a text that holds what stands in the register's rows. */
const holdsPrivate = (body) => (body.private ?? []).some((word) => `${body.text ?? ''} ${
    body.help ?? ''}`.toLowerCase().includes(word.slice(word.indexOf('=') + 1).toLowerCase()))
    || /\d{9,}|(ông|bà|anh|chị) \p{Lu}/u.test(`${body.text ?? ''} ${body.help ?? ''}`);

/* One more entry of a case, and what it changes. */
function append(world, id, type, body, changes) {
    const item = world.cases.find((c) => c.id === id);
    const answer = written(world, id);
    item.more = [...(item.more ?? []), { event: answer.event, origin: world.self, type,
        detail: body.kind ?? body.reason ?? null, doc_no: body.doc_no ?? null, text: body.text }];
    Object.assign(item, changes);
    change(world, 'case', id, type);
    return answer;
}

const WRITES = {
    'POST /cases': (world, body) => {
        const item = makeCase(world, { type: body.type, field: body.field,
            opened_on: body.date ?? dayFrom(0), text: body.text, accused: body.accused ?? null,
            sealed_ref: body.sealed_ref, number: body.number ?? null,
            ...(body.for ? { origin: body.for, entered_by: world.self } : {}) });
        world.cases.unshift(item);
        change(world, 'case', item.id, 'CASE_OPENED');
        return written(world, item.id, { receipt_code: item.receipt_code });
    },
    'POST /receptions': (world, body) => {
        const answer = written(world, null);
        const allowed = ['kind', 'people', 'field', 'outcome', 'leader', 'again', 'event', 'for', 'date'];
        if (Object.keys(body).some((key) => !allowed.includes(key)) || !(body.people > 0)) {
            return { refused: problem(400, 'invalid', 'Không hợp lệ.', null) };
        }
        const { event = null, for: whose = world.self, date = dayFrom(0), ...rest } = body;
        world.receptions.unshift({ office: whose, on: date, entered_by: whose === world.self ? null
            : world.self, field: null, outcome: null,
            leader: false, again: false, ...rest, about: event, id: answer.event });
        change(world, 'reception', answer.event, 'RECEPTION_TURN');
        return { ...answer, id: answer.event };
    },
    'POST /receptions/take-back': (world, body, id) => {
        world.receptions = world.receptions.filter((turn) => turn.id !== id);
        change(world, 'reception', id, 'RECEPTION_TURN');
        return written(world, id);
    },
    'POST /cases/steps': (world, body, id) => append(world, id, 'CASE_STEP', body,
        body.kind === 'accepted' ? { state: 'accepted' }
            : body.kind === 'reopened' ? { state: 'in_progress', reason: null } : {}),
    'POST /cases/close': (world, body, id) => append(world, id, 'CASE_CLOSED', body,
        { state: 'closed', reason: body.reason, due_on: null }),
    'POST /cases/offer': (world, body, id) => append(world, id, 'CUSTODY_OFFERED', body,
        { offered_to: body.to }),
    'POST /cases/accept': (world, body, id) => append(world, id, 'CUSTODY_ACCEPTED', body,
        { offered_to: [], custodian: world.self }),
    'POST /cases/refuse': (world, body, id) => append(world, id, 'CUSTODY_REFUSED', body,
        { offered_to: [] }),
    'POST /cases/recall': (world, body, id) => append(world, id, 'CUSTODY_RECALLED', body,
        { offered_to: [] }),
    'POST /events/void': (world, body, event) => {
        const item = world.cases.find((c) => c.id === event
            || (c.more ?? []).some((e) => e.event === event));
        const answer = append(world, item.id, 'ENTRY_VOIDED', { ...body, text: body.reason },
            event === item.id ? { voided: true } : {});
        item.taken = [...(item.taken ?? []), { event, by: answer.event }];
        return answer;
    },
    'POST /incidents': (world, body) => {
        const item = makeIncident(world, { place: body.place, subject: body.subject,
            people: body.people, field: body.field, ...(body.for ? { origin: body.for,
                entered_by: world.self } : {}) });
        world.incidents.unshift(item);
        change(world, 'incident', item.id, 'INCIDENT_RAISED');
        return written(world, item.id);
    },
    'POST /incidents/take': (world, body, id) => {
        Object.assign(world.incidents.find((i) => i.id === id), { state: 'taken',
            taken_at: iso(Date.now()), taken_by: world.self });
        change(world, 'incident', id, 'INCIDENT_TAKEN');
        return written(world, id);
    },
    'POST /incidents/join': (world, body, id) => {
        const [own, entered] = [body.event, id].map((x) => world.incidents.find((i) => i.id === x));
        if (!entered.entered_by || own.entered_by || own.origin !== entered.origin) {
            return { refused: problem(409, 'state', 'Không gộp được.', null) };
        }
        Object.assign(entered, { state: 'joined', joined_to: own.id });
        change(world, 'incident', id, 'INCIDENT_JOINED');
        return written(world, id);
    },
    'POST /incidents/update': (world, body, id) => {
        Object.assign(world.incidents.find((i) => i.id === id), body);
        change(world, 'incident', id, 'INCIDENT_UPDATED');
        return written(world, id);
    },
    'POST /incidents/close': (world, body, id) => {
        Object.assign(world.incidents.find((i) => i.id === id), { state: 'closed',
            reason: body.reason, closed_at: iso(Date.now()) });
        change(world, 'incident', id, 'INCIDENT_CLOSED');
        return written(world, id);
    },
    'POST /directives': (world, body) => {
        const item = makeDirective(world, { issuer: world.self, doc_no: body.doc_no,
            text: body.text, to: body.to.map((office) => ({ office, status: null, at: null,
                reason: null })) });
        world.directives.unshift(item);
        change(world, 'directive', item.id, 'DIRECTIVE_ISSUED');
        return written(world, item.id);
    },
    'POST /directives/statuses': (world, body, id) => {
        Object.assign(world.directives.find((d) => d.id === id).to.find((to) => to.office
            === world.self), { status: body.code, reason: body.reason ?? null });
        change(world, 'directive', id, 'DIRECTIVE_STATUS');
        return written(world, id);
    },
    'POST /periods/reports': (world, body, id) => {
        const part = world.periods.find((p) => p.id === id).to.find((to) => to.office
            === (body.for ?? world.self));
        Object.assign(part, { last_day: dayFrom(0), days_said: part.days_said + 1 });
        change(world, 'period', id, 'DAILY_STATUS');
        return written(world, id);
    },
    'POST /taskforces': (world, body) => {
        const item = makePeriod(world, body.to, 0, { name: body.name, doc_no: body.doc_no,
            issuer: world.self, from: body.from_date, until: body.until });
        item.to.forEach((to) => Object.assign(to, { last_day: null }));
        world.taskforces.unshift(item);
        change(world, 'period', item.id, 'TASKFORCE_FORMED');
        return written(world, item.id);
    },
    'POST /taskforces/presence': (world, body, id) => {
        world.taskforces.find((f) => f.id === id).to.find((to) => to.office === world.self)
            .last_day = body.date;
        change(world, 'period', id, 'DAILY_STATUS');
        return written(world, id);
    },
    'POST /taskforces/end': (world, body, id) => {
        world.taskforces.find((f) => f.id === id).state = 'ended';
        change(world, 'period', id, 'TASKFORCE_ENDED');
        return written(world, id);
    },
    'POST /periods': (world, body) => {
        const item = makePeriod(world, body.to ?? [officeId(3)], 0, { name: body.name });
        world.periods.unshift(item);
        change(world, 'period', item.id, 'HEIGHTENED_PERIOD_SET');
        return written(world, item.id);
    },
    'POST /notices': (world, body) => {
        const item = makeAsk(world, body.kind, body.for ?? world.self, body.to, { text: body.text });
        world.notices.unshift(item);
        change(world, 'request', item.id, 'NOTICE_SENT');
        return written(world, item.id);
    },
    'POST /requests': (world, body) => {
        const item = makeAsk(world, body.kind, world.self, body.to, { text: body.text });
        world.requests_.unshift(item);
        change(world, 'request', item.id, 'COORDINATION_REQUEST');
        return written(world, item.id);
    },
    'POST /requests/replies': (world, body, id) => {
        Object.assign(world.requests_.find((r) => r.id === id).to.find((to) => to.office
            === world.self), { status: { done: '06', part: '05', refused: '02' }[body.kind] });
        change(world, 'request', id, 'COORDINATION_REPLY');
        return written(world, id);
    },
    'POST /shifts': (world, body) => {
        if (world.shifts.length === world.shiftsMost) {
            return { refused: problem(409, 'busy', 'Đang bận.', 'Làm lại.') };
        }
        const item = makeShift(world, world.self, [1, 9], { duty: body.kind, person: body.name,
            phone: body.phone });
        world.shifts.push(item);
        change(world, 'shift', item.id, 'ROSTER_SET');
        return written(world, item.id);
    },
    'POST /shifts/hand-over': (world, body, id) => {
        Object.assign(world.shifts.find((s) => s.id === id), { state: 'handed_over',
            handed_over_at: iso(Date.now()) });
        change(world, 'shift', id, 'SHIFT_HANDED_OVER');
        return written(world, id);
    },
    'POST /book': (world, body) => (body.code === '123456' ? { items: world.register.map((r) => ({
        ...r, entered_at: iso(Date.now()), by: 'lan' })) }
        : { refused: problem(401, 'code_refused', 'Cần mã một lần.', 'Gõ mã đang hiện.') }),
    'POST /events/flag': (world, body, id) => {
        world.flags.unshift({ id: `f${id}`, event: id, index: 0, matter: id, writer: id.slice(0, 32),
            flagged_by: world.self, flagged_at: iso(Date.now()), due_on: dayFrom(2), state: 'masked' });
        change(world, 'flag', id, 'TEXT_FLAGGED');
        return written(world, id);
    },
    'POST /register': (world, body) => {
        world.register.push(body);
        return { case: body.case, entered_at: iso(Date.now()) };
    },
};

function write(world, method, route, id, body, key) {
    if (!/^[0-9a-f-]{36}$/.test(key ?? '')) {
        return problem(400, 'usage', 'Idempotency-Key is missing', null);
    }
    if (world.answers.has(key)) {
        return { status: 200, body: { ...world.answers.get(key), repeated: true } };
    }
    if ((body.private ?? []).some((word) => !/^(name|address|number|phone)=/.test(word))) {
        return problem(400, 'invalid', 'private', null);
    }
    if (route !== '/register' && holdsPrivate(body)) {
        return problem(422, 'personal_data', 'Văn bản có dữ liệu cá nhân.', 'Bỏ ra rồi lưu lại.');
    }
    const answer = WRITES[`${method} ${route}`](world, body, id);
    if (answer.refused) {
        return answer.refused;
    }
    world.answers.set(key, answer);
    return { status: 201, body: answer };
}

function session(world, method, what, body) {
    const enter = (secret) => {
        const person = world.people[body.name ?? world.signedIn];
        if (!person || person[secret] !== body[secret]) {
            return problem(401, 'unauthorized', 'Tên hoặc mật khẩu không đúng.', 'Gõ lại.');
        }
        world.signedIn = body.name ?? world.signedIn;
        world.locked = false;
        return { status: 200, body: sessionOf(world) };
    };
    if (method === 'DELETE') {
        world.signedIn = false;
        return { status: 204, body: null };
    }
    if (method === 'GET' && what === 'crowds') {
        return world.signedIn ? { status: 200, body: { untaken: world.incidents.filter((i) => i.state
            === 'raised' && i.kind !== 'forecast' && !i.voided).length } }
            : problem(401, 'unauthorized', 'Chưa đăng nhập.', null);
    }
    if (method === 'GET') {
        return world.signedIn ? { status: 200, body: sessionOf(world) }
            : problem(401, 'unauthorized', 'Chưa đăng nhập.', null);
    }
    if (what === 'lock') {
        world.locked = true;
        world.listeners.forEach((answer) => answer.end());
        return { status: 204, body: null };
    }
    return enter('password' in body ? 'password' : 'pin');
}

function read(world, route, id, q) {
    switch (route) {
    case '/status': return statusOf(world);
    case '/offices': return page(world, world.offices, q);
    case '/cases': return page(world, listCases(world, q), q);
    case '/incidents': return page(world, world.incidents.filter((i) => (!q.get('open')
        || !['closed', 'joined'].includes(i.state)) && (!q.get('office') || i.origin === q.get('office'))), q);
    case '/directives': return page(world, world.directives.filter((d) => !q.get(d.to.every((to) =>
        ['02', '06', '15'].includes(to.status)) ? 'open' : 'closed')), q);
    case '/receptions': return page(world, world.receptions.filter((turn) => (!q.get('office')
        || turn.office === q.get('office')) && (!q.get('since') || turn.on >= q.get('since'))), q);
    case '/shifts': return page(world, world.shifts, q);
    case '/periods': return page(world, world.periods.filter((p) => !q.get('open')
        || p.state === 'running'), q);
    case '/taskforces': return page(world, world.taskforces, q);
    case '/requests': return page(world, world.requests_, q);
    case '/notices': return page(world, world.notices, q);
    case '/flags': return page(world, world.flags, q);
    case '/retaliations': return page(world, world.retaliations, q);
    case '/register': return { items: world.register.filter((r) => (r.name ?? '').toLowerCase()
        .includes(q.get('q').toLowerCase())).map((r) => ({ case: r.case, name: r.name,
        address: r.address, entered_at: iso(Date.now()) })), next: null };
    case '/summary': return { schema: 'lienthong.summary/1', office: world.self, from: dayFrom(0),
        until: dayFrom(0), crowds: { raised: 2, people: 60, ended: 1, going_on: 1, untaken: 0 },
        cases: { complaints: 4, recommendations: 2, feedback: 3, closed: 5, open: 40, overdue: 3 },
        directives: { issued: 2, not_received: 1, not_ended: 3 },
        requests: { sent: 1, owed: 1, overdue: 0 }, names: names(world) };
    default:
    }
    const find = (list) => world[list].find((x) => x.id === id || x.receipt_code === id);
    const list = { requests: 'requests_' }[route.split('/')[1]] ?? route.split('/')[1];
    if (route === '/receipts/{}') {
        const found = world.cases.find((c) => c.receipt_code === id);
        return { found: Boolean(found), code: id, since: iso(Date.now()), state: 'unchanged',
            holder: found?.custodian ?? null };
    }
    if (route === '/explain/{}') {
        return { subject: id, moving: true, code: 'moving', text: world.lang === 'en' ? 'It moves.'
            : 'Đang đi.', remedy: null, ...world.why,
            ...(find('cases') ? { deadlines: find('cases').deadlines ?? [] } : {}), reached: [{ office: officeId(2), reached: world.reached },
                { office: officeId(1), reached: world.reached }], names: names(world) };
    }
    if (route === '/register/{}') {
        return world.register.find((r) => r.case === id) ?? null;
    }
    const item = find(list);
    const common = { recorded_at: iso(Date.now()), legal_date: dayFrom(0), detail: null, doc_no: null,
        causes: [], effect: 'applied' };
    return item ? { ...item, events: [{ ...common, pos: 'p1', event: item.id, origin: item.origin
        ?? item.issuer, type: item.type === 'denunciation' ? 'DENUNCIATION_RECEIVED' : 'CASE_OPENED',
    recorded_at: item.raised_at ?? iso(Date.now()), ...(item.sealed_ref ? { sealed_ref:
        item.sealed_ref } : {}) }, ...(item.more ?? []).map((e) => ({ ...common, ...e }))],
    texts: [{ event: item.id, text: item.text }, ...(item.more ?? [])].filter((e) => e.text)
        .map((e) => ({ event: e.event, kind: 'text', state: 'here', text: e.text })),
    voided_events: item.taken ?? [], deadlines: item.deadlines ?? [], names: names(world) } : null;
}

/** Begin to serve @world; {url, close}. */
export async function serve(world, root) {
    const server = http.createServer((request, answer) => {
        const url = new URL(request.url, 'http://x');
        world.lang = /\blang=en\b/.test(request.headers.cookie) ? 'en' : 'vi';
        const parts = [];
        world.requests.push(`${request.method} ${url.pathname}`);
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            const send = (status, body, type = 'application/json') => {
                answer.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store',
                    'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' });
                answer.end(body === null ? undefined : Buffer.isBuffer(body) ? body
                    : JSON.stringify(body));
            };
            if (!url.pathname.startsWith('/api/')) {
                const name = url.pathname.startsWith('/web/') ? url.pathname.slice(5)
                    : `${/^\/(desk|centre|board)\/?$/.exec(url.pathname)?.[1] ?? 'index'}.html`;
                const file = path.join(root, name);
                return fs.existsSync(file) && !name.includes('..')
                    ? send(200, fs.readFileSync(file), TYPES[path.extname(file)])
                    : send(404, problem(404, 'not_found', 'Không có.').body);
            }
            if (request.method === 'DELETE' && parts.length > 0) { // as the daemon
                return send(400, problem(400, 'bad_request', 'Có thân.').body);
            }
            const [, first, middle, last] = url.pathname.slice(7).split('/');
            const id = middle === undefined ? null : decodeURIComponent(middle);
            if (world.fail) {
                return world.fail === 'drop' ? request.socket.destroy()
                    : send(world.fail.status, world.fail.body);
            }
            if (first === 'session') {
                const done = session(world, request.method, middle,
                    parts.length ? JSON.parse(Buffer.concat(parts)) : {});
                return send(done.status, done.body);
            }
            if (!world.signedIn) {
                return send(401, problem(401, 'unauthorized', 'Chưa đăng nhập.').body);
            }
            if (world.locked) {
                return send(423, problem(423, 'locked', 'Màn hình đã khóa.').body);
            }
            if (first === 'live') {
                answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
                answer.write('retry: 2000\n\n');
                world.listeners.add(answer);
                answer.on('close', () => world.listeners.delete(answer));
                return undefined;
            }
            if (request.method === 'POST') {
                const body = JSON.parse(Buffer.concat(parts));
                if (request.headers['x-lienthong'] !== '1') {
                    return send(403, problem(403, 'csrf', 'Không được.').body);
                }
                world.sent.push({ path: url.pathname, body });
                if (url.pathname === '/api/v1/audit/taken') {
                    return send(204, null);
                }
                const done = write(world, 'POST', `/${first}${last ? `/${last}` : ''}`, id, body,
                    request.headers['idempotency-key']);
                return send(done.status, done.body);
            }
            const found = read(world, `/${first}${id === null ? '' : '/{}'}`, id,
                url.searchParams);
            return found === null ? send(404, problem(404, 'not_found', 'Không có.').body)
                : send(200, found);
        });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${server.address().port}`, close: () => {
        for (const answer of world.listeners) {
            answer.end();
        }
        server.closeAllConnections();
        server.close();
    } };
}
