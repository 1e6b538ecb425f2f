// What a filled form becomes: writes to the API, in order.
//
// Texts that replicate are in Vietnamese whatever the reader's language, and hold
// nothing of the register's rows. /register gets those, and nobody else.
import { idPath } from '/web/lib/api.js';
import { parseDate, showDate } from '/web/lib/dates.js';
import { COPIES, FITS, SOURCES, writeEntered } from '/web/desk/entered.js';
import { caseType, isOwnPeople, isSealed, ownSummary, privateWords } from '/web/desk/visit_fields.js';

const GROUNDS = {
    ground_1: 'người đang say do dùng chất kích thích hoặc mất năng lực hành vi',
    ground_2: 'có hành vi đe dọa, xúc phạm, gây rối trật tự',
    ground_3: 'vụ việc đã giải quyết đúng pháp luật, đã có thông báo',
};

function summaryOf(v) {
    return (v.summary ?? '').trim() || ownSummary(v);
}

/* What the daemon is to look for in the text, and refuse; it keeps none of it. */
function guarded(v) {
    const words = privateWords(v);
    return words.length > 0 ? { private: words } : {};
}

const sealed = (v) => ({ type: 'denunciation', field: v.field, sealed_ref: v.sealed.trim(),
    accused: v.accused.replace('accused_', '') });

function openCase(v, text) {
    if (isSealed(v)) {
        return sealed(v);
    }
    return { type: caseType(v), field: v.field, text,
        ...guarded(v), confirm_text: v.confirmed || undefined };
}

const opening = (body) => ({ name: 'case', path: () => '/cases', body: () => body });

const ending = (reason, text, docNo) => ({
    name: 'end',
    path: (done) => `/cases/${idPath(done.case.id)}/close`,
    body: () => ({ reason, ...(text ? { text } : {}), ...(docNo ? { doc_no: docNo } : {}) }),
});

/* The register's entry; none where nobody gave a name and nothing was told: an
 * unsigned letter has no person behind it. */
function register(v, extra) {
    const entry = {};
    for (const id of ['name', 'address', 'document', 'notify', 'contact']) {
        if (v[id]?.trim()) {
            entry[id] = v[id].trim();
        }
    }
    const account = [...extra, v.account?.trim()].filter(Boolean).join('\n');
    if (!entry.name && !v.account?.trim()) {
        return [];
    }
    return [{ name: 'register', path: () => '/register',
        body: (done) => ({ case: done.case.id, ...entry, ...(account ? { account } : {}) }) }];
}

/* A mixed matter's denunciation is an entry of its own; nothing links the two. */
const apart = (v) => (v.type === 'mixed' && v.holds === 'yes' ? [{
    name: 'sealed', path: () => '/cases', body: () => sealed(v),
}] : []);

/* The day as people read it; what the summary has made of itself is not said twice. */
const factsOf = (v) => ({ ...v, decision_on: v.decision_on && showDate(parseDate(v.decision_on,
    { past: true }), { weekday: false }) });

const FORMS = { regular: 'thường xuyên', periodic: 'định kỳ', sudden: 'đột xuất',
    online: 'trực tuyến' };

const TURNS = { regular: 'regular', periodic: 'periodic', sudden: 'unscheduled', online: 'online' };
const OUTCOMES = { explained: 'explained', guided: 'guided', refused: 'refused' };

/* What became of it, in the book's words; a letter given back has none of its own. */
function outcomeOf(v) {
    const taken = v.letter === 'letter_none' ? 'appointed' : 'petition_taken';
    return v.handling === 'received' ? taken : OUTCOMES[v.handling];
}

/* The reception, for the book: that people came, how many, about what; never who. Of one
 * that is sealed its kind and their number alone; and nothing where it denounces this
 * office's own people, of which this office is told nothing at all. Periodic and
 * unscheduled receptions are the leader's, by law. */
function reception(v) {
    if (isSealed(v) && isOwnPeople(v)) {
        return [];
    }
    const headed = v.form === 'periodic' || v.form === 'sudden';
    return [{ name: 'reception', path: () => '/receptions', body: (done) => ({
        kind: TURNS[v.form], people: Number(v.people), ...(headed ? { leader: true } : {}),
        ...(isSealed(v) ? {} : { field: v.field, outcome: outcomeOf(v), event: done.case.id,
            ...(v.before?.trim() ? { again: true } : {}) }) }) }];
}

/** F2. @known: the case found by its receipt, or null. */
export function visitSteps(v, known) {
    const facts = [`Hình thức tiếp: ${FORMS[v.form]}`, `Số người: ${v.people}`,
        v.speakers && `Số người đại diện: ${v.speakers}`, v.chair && `Người chủ trì: ${v.chair}`];
    const text = writeEntered(summaryOf(v), factsOf(v));
    const first = known === null ? opening(openCase(v, text)) : {
        name: 'case', path: () => `/cases/${idPath(known.id)}/steps`,
        body: () => ({ kind: 'note', text: `Tiếp lại: ${text}`,
            ...guarded(v) }),
    };
    const steps = [first, ...reception(v), ...apart(v)];
    if (!isSealed(v)) {
        steps.push(...register(v, facts));
    }
    if (known !== null || (isSealed(v) && isOwnPeople(v))) {
        return steps; // what becomes of it is its own steps' business
    }
    const seal = isSealed(v);
    switch (v.handling) {
    case 'explained':
        steps.push(ending('guided', seal ? null : 'Đã giải thích tại buổi tiếp'));
        break;
    case 'guided':
        steps.push(ending('guided', seal ? null : 'Đã hướng dẫn tại buổi tiếp'));
        break;
    case 'returned':
        steps.push(ending('returned', seal ? null : 'Trả đơn tại buổi tiếp'));
        break;
    case 'refused':
        steps.push(ending('not_accepted', seal ? null : `Từ chối tiếp: ${GROUNDS[v.ground]}`,
            v.notice?.trim()));
        break;
    default:
    }
    return steps;
}

/** F4. */
export function petitionSteps(v) {
    const received = parseDate(v.received, { past: true });
    const text = writeEntered(summaryOf(v), factsOf(v), { source: SOURCES[v.source],
        copies: COPIES[v.copies], fit: FITS[v.fit]
        && `${FITS[v.fit]}${v.fit_reason ? `: ${v.fit_reason}` : ''}` });
    const steps = [opening({ ...openCase(v, text), date: received }), ...apart(v)];
    if (isSealed(v)) {
        return steps;
    }
    steps.push(...register(v, [`Ngày nhận: ${showDate(received, { weekday: false })}`,
        v.signer === 'signer_none' && 'Đơn không ghi tên',
        v.people && `Số người ký: ${v.people}`]));
    const ends = { guide: 'guided', return: 'returned', file: 'filed' };
    if (v.proposal === 'accept') {
        steps.push({ name: 'step', path: (done) => `/cases/${idPath(done.case.id)}/steps`,
            body: () => ({ kind: 'accepted' }) });
    } else if (ends[v.proposal]) {
        steps.push(ending(ends[v.proposal]));
    }
    return steps;
}
