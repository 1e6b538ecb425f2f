// The rows of F2 and F4, in their order, with what makes them show.
//
// Rows marked `local` are the register's: they go to /register, and to nothing
// else but the check that the text which leaves does not hold them.
import { t, Term, terms } from '/web/lib/words.js';
import { today, parseDate } from '/web/lib/dates.js';
import { fold } from '/web/lib/text.js';
import law from '/web/words/law.js';

const SEEN = 'lienthong-fields';

/** The office's most used fields come first; counted in this browser, words only. */
export function fieldOptions() {
    const counts = seenFields();
    const all = terms('fields');
    const used = all.filter((f) => counts[f.word]).sort((a, b) => counts[b.word] - counts[a.word])
        .slice(0, 8);
    return [...used, ...all.filter((f) => !used.includes(f))];
}

function seenFields() {
    try {
        return JSON.parse(localStorage.getItem(SEEN)) ?? {};
    } catch {
        return {};
    }
}

export function countField(word) {
    const counts = seenFields();
    counts[word] = (counts[word] ?? 0) + 1;
    localStorage.setItem(SEEN, JSON.stringify(counts));
}

const options = (...keys) => keys.map((key) => ({ word: key, label: t(`opt_${key}`) }));
/* Whoever denounces has no name here, nor whoever may be about to. */
export const isSealed = (v) => v.type === 'denunciation' || v.type === 'unclear';
const holdsSealed = (v) => isSealed(v) || (v.type === 'mixed' && v.holds === 'yes');
/** It denounces this office's own people: the superior's from the first. */
export const isOwnPeople = (v) => holdsSealed(v) && v.accused === 'accused_here';
const open = (v) => v.type !== undefined && !isSealed(v);

/** Whose people a denunciation denounces. */
export const accusedWord = (word) => t(word === 'below' ? 'opt_accused_below' : `opt_power_${word}`);

/** The kind of case that the law knows, for the choice of row 2. */
export function caseType(v) {
    return isSealed(v) ? 'denunciation' : v.type === 'mixed' ? v.main : v.type;
}

/** The summary that leaves, where the officer writes none: from rows 2, 9 and 10.
 * Vietnamese always: it is read by every office above. */
export function ownSummary(v) {
    const type = law.types[caseType(v)]?.[0] ?? '';
    const field = law.fields[v.field]?.[0] ?? '';
    const against = [v.against, v.decision && `số ${v.decision}`].filter(Boolean).join(', ');
    const text = `${type} về ${field}${against ? ` (${against})` : ''}`;
    return text.charAt(0).toUpperCase() + text.slice(1);
}

const digits = (text) => (/^\+?[\d .-]{8,}$/.test(text) ? 'phone' : 'address');

/** What was typed into the register's rows, as the daemon's check wants it:
 * ["name=...", "address=...", "number=...", "phone=..."]. */
export function privateWords(v) {
    const rows = [['name', v.name], ['address', v.address], ['number', v.document],
        [digits((v.contact ?? '').trim()), v.contact]];
    const seen = new Set();
    return rows.map(([kind, text]) => [kind, (text ?? '').trim()])
        .filter(([kind, text]) => text.length > 3 && !seen.has(kind) && seen.add(kind))
        .map(([kind, text]) => `${kind}=${text}`);
}

/* The browser's part of the check; the daemon's own comes after it. */
function summaryCheck(text, v) {
    const within = fold(text);
    return privateWords(v).some((word) => within.includes(fold(word.slice(word.indexOf('=') + 1))))
        ? t('summary_private') : null;
}

function typeRows() {
    return [
        { id: 'type', label: t('f_type'), kind: 'choice', required: true, options: [
            ...['complaint', 'denunciation'].map((w) => ({ word: w, label: Term('types', w) })),
            ...options('recommendation', 'mixed', 'unclear')] },
        { id: 'main', label: t('f_main'), kind: 'choice', required: true,
            when: (v) => v.type === 'mixed', options: ['complaint', 'recommendation', 'feedback']
                .map((w) => ({ word: w, label: Term('types', w) })) },
        { id: 'holds', label: t('f_holds'), kind: 'choice', required: true,
            when: (v) => v.type === 'mixed', options: options('no', 'yes'),
            note: t('f_holds_note') },
        { id: 'sealed', label: t('f_sealed'), kind: 'text', max: 32, required: true,
            when: holdsSealed, note: t('f_sealed_note') },
        { id: 'accused', label: t('f_accused'), kind: 'choice', required: true,
            when: holdsSealed, note: t('f_accused_note'),
            options: ['here', 'below', 'elsewhere'].map((word) => ({ word: `accused_${word}`,
                label: accusedWord(word) })) },
    ];
}

function personRows(when) {
    return [
        { id: 'name', label: t('f_name'), kind: 'text', local: true, max: 120, when,
            required: true, note: t('f_name_note') },
        { id: 'address', label: t('f_address'), kind: 'text', local: true, max: 200, when,
            required: true, note: t('f_address_note') },
        { id: 'document', label: t('f_document'), kind: 'text', local: true, max: 60, when,
            note: t('f_document_note') },
        { id: 'notify', label: t('f_notify'), kind: 'choice', local: true, when,
            options: options('collect', 'post', 'phone') },
        { id: 'contact', label: t('f_contact'), kind: 'text', local: true, max: 120,
            when: (v) => when(v) && (v.notify === 'phone' || v.notify === 'post') },
    ];
}

function matterRows(when) {
    return [
        { id: 'field', label: t('f_field'), kind: 'pick', required: true, when: (v) => v.type
            !== undefined, options: fieldOptions(), note: t('f_field_note') },
        { id: 'against', label: t('f_against'), kind: 'text', max: 120,
            when: (v) => open(v) && v.type === 'complaint' },
        { id: 'decision', label: t('f_decision'), kind: 'text', max: 60,
            when: (v) => open(v) && v.type === 'complaint' },
        { id: 'decision_on', label: t('f_decision_on'), kind: 'date', past: true, max: 12,
            when: (v) => open(v) && v.type === 'complaint' },
        { id: 'summary', label: t('f_summary'), kind: 'area', rows: 2, max: 200, when,
            check: summaryCheck, note: t('f_summary_note') },
        { id: 'account', label: t('f_account'), kind: 'area', local: true, rows: 4, max: 4000,
            when },
    ];
}

export function visitFields() {
    return [
        { id: 'form', label: t('f_form'), kind: 'choice', required: true,
            options: options('regular', 'periodic', 'sudden', 'online') },
        { id: 'chair', label: t('f_chair'), kind: 'text', max: 80, local: true,
            when: (v) => ['periodic', 'sudden'].includes(v.form) },
        ...typeRows(),
        { id: 'people', label: t('f_people'), kind: 'number', required: true, max: 5 },
        { id: 'speakers', label: t('f_speakers'), kind: 'number', max: 3, range: [1, 50],
            when: (v) => Number(v.people) >= 5 },
        { id: 'before', label: t('f_before'), kind: 'text', max: 24, when: open,
            note: t('f_before_note') },
        ...personRows(open),
        ...matterRows(open),
        { id: 'letter', label: t('f_letter'), kind: 'choice', required: true,
            options: options('letter_none', 'letter_have', 'letter_oral') },
        { id: 'handling', label: t('f_handling'), kind: 'choice', required: true,
            options: options('explained', 'guided', 'received', 'returned', 'refused') },
        { id: 'ground', label: t('f_ground'), kind: 'choice', required: true,
            when: (v) => v.handling === 'refused',
            options: options('ground_1', 'ground_2', 'ground_3') },
        { id: 'notice', label: t('f_notice'), kind: 'text', max: 60, required: true,
            when: (v) => v.handling === 'refused' && v.ground === 'ground_3' },
    ];
}

export function petitionFields() {
    const named = (v) => open(v) && v.signer !== 'signer_none';
    return [
        { id: 'source', label: t('f_source'), kind: 'choice', required: true,
            options: options('by_hand', 'by_post', 'by_office', 'by_box') },
        { id: 'source_doc', label: t('f_source_doc'), kind: 'text', max: 100,
            when: (v) => v.source === 'by_office' },
        { id: 'received', label: t('f_received'), kind: 'date', past: true, max: 12,
            required: true, note: t('f_received_note') },
        { id: 'late_reason', label: t('f_late_reason'), kind: 'text', max: 100, required: true,
            when: (v) => v.received && (parseDate(v.received, { past: true }) ?? today())
                < today() },
        ...typeRows(),
        { id: 'signer', label: t('f_signer'), kind: 'choice', required: true, when: open,
            options: options('signer_one', 'signer_many', 'signer_none') },
        { id: 'people', label: t('f_people'), kind: 'number', max: 5,
            when: (v) => open(v) && v.signer === 'signer_many' },
        ...personRows(named),
        { id: 'arose', label: t('f_arose'), kind: 'text', max: 80, when: open,
            note: t('f_arose_note') },
        ...matterRows(open),
        { id: 'copies', label: t('f_copies'), kind: 'choice', when: open,
            options: options('no', 'yes') },
        { id: 'papers', label: t('f_papers'), kind: 'text', max: 60, when: open },
        { id: 'fit', label: t('f_fit'), kind: 'choice', when: open,
            options: options('fit_unseen', 'fit_yes', 'fit_no') },
        { id: 'fit_reason', label: t('f_fit_reason'), kind: 'text', max: 100, required: true,
            when: (v) => v.fit === 'fit_no' },
        { id: 'power', label: t('f_power'), kind: 'choice', when: open,
            options: options('power_here', 'power_elsewhere', 'power_unclear') },
        { id: 'proposal', label: t('f_proposal'), kind: 'choice', required: true, when: open,
            options: options('accept', 'guide', 'pass', 'return', 'file', 'urge') },
    ];
}

/** Values of the rows that show; a row that vanished takes its text with it. */
export function shownValues(fields, values) {
    return Object.fromEntries(fields.filter((f) => f.when === undefined || f.when(values))
        .map((f) => [f.id, values[f.id]]).filter(([, v]) => v !== undefined && v !== ''));
}
