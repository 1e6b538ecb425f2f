// A refusal of the server in the words of the page. The server's catalogue is for the
// tool as well: it names options (--due, sealed_ref) and commands (lienthong ...). A page
// shows the label of the field instead, and leaves out what one does at a terminal.
import { t } from '/web/lib/words.js';

/* The API's names, and the label that the pages' forms give them. */
const LABELS = {
    text: 'step_text', reason: 'void_text', kind: 'step_what', type: 'f_type', field: 'f_field',
    sealed_ref: 'f_sealed', accused: 'f_accused', doc_no: 'doc_no', legal_date: 'legal_date',
    date: 'f_received', due: 'due', to: 'directive_to', help: 'crowd_note', place: 'crowd_where',
    subject: 'crowd_what', people: 'f_people', agency: 'step_agency', on: 'step_on', way: 'step_way',
    notice: 'step_notice', days: 'step_days', name: 'f_name', address: 'f_address',
    document: 'f_document', contact: 'f_contact', account: 'f_account', phone: 'shift_phone',
    code: 'receipt_type', until: 'period_until', from_date: 'period_from', at: 'forecast_at',
};
/* Where what the catalogue says to do is for a terminal alone. */
const REMEDIES = {
    usage: 'told_look_again', perhaps_personal_data: 'told_perhaps_private',
    busy: 'told_wait', outcome_unknown: 'error_outcome_unknown',
};
const TERMINAL = /lienthong |lienthong\.conf|--|systemctl|dmesg|smartctl|log_max_bytes|pages_listen|\(CODE\)|request.?id/i;

const label = (option) => `«${t(LABELS[option] ?? 'told_field')}»`;
const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/* Parts of @text, up to a full stop, a semicolon or a colon, that a page can show. */
function withoutCommands(text) {
    const parts = text.split(/(?<=[.;:])\s+/).filter((part) => part !== '' && !TERMINAL.test(part));
    return parts.join(' ').replace(/[;:,]$/, '.');
}

/** {message, remedy, option}: @option is the API's name of the field, or null. */
export function inPageWords({ code = null, detail = '', title = '', remedy = '' }) {
    let option = null;
    const named = (whole, name) => {
        const key = name.replace(/-/g, '_');
        option ??= key in LABELS ? key : null;
        return label(key);
    };
    const text = (detail || title)
        .replace(/^(Dùng lệnh chưa đúng|the command was not used correctly)/, () => t('told_not_right'))
        .replace(/\s?\(--[a-z-]+\)|\s?\(CODE\)|\s?\(MÃ\)/g, '')
        .replace(/--([a-z][a-z-]*)/g, named)
        .replace(/(?<=: )([a-z_]+)(?=$| \(|\. )/, (whole, name) => (name in LABELS
            ? named(whole, name) : whole));
    const message = TERMINAL.test(text) ? withoutCommands(text) : text;
    const todo = REMEDIES[code] ? t(REMEDIES[code]) : withoutCommands(remedy ?? '');
    return { message: capital(message) || t('error_unknown'), option,
        remedy: todo !== '' || !remedy ? todo || null : t('told_operator') };
}

/* What `explain` says to do, where a part of it is for a terminal alone. */
const BY_CODE = { erasure_waiting: 'told_erasure' };
const OF_MACHINE = /lienthong |systemctl|lienthong\.conf|superior_addresses|log_max_bytes|dmesg|\bdf\b|ping\b|--[a-z]|cùng lệnh này|same command/i;

/* "Call X: run lienthong ..." is "Call X."; what only says where to run it goes. */
function beforeCommand(part) {
    const at = part.search(/: |,? (rồi|hoặc) chạy | (or run|and runs) /);
    const head = at < 0 ? '' : part.slice(0, at);
    return head === '' || OF_MACHINE.test(head) || /(chạy|run( there)?|run (on|at) .*)$/i.test(head.trim())
        || /^(run|or run|chạy|hoặc chạy) /i.test(head) ? '' : `${head}.`;
}

/** The remedy of an answer of `explain` for a reader with @roles: commands are for whoever
 * keeps the machine; everybody else is told whom to ask. */
export function remedyInWords({ code = null, remedy }, roles) {
    if (!remedy || roles.includes('operator')) {
        return remedy ?? null;
    }
    const plain = remedy.replace(/\s\(([^()]*)\)/g, (whole, inner) => (OF_MACHINE.test(inner) ? '' : whole))
        .replace(/lienthongd/g, 'Liên Thông');
    const parts = plain.split(/(?<=[.;?])\s+/);
    const kept = parts.map((part) => (OF_MACHINE.test(part) ? beforeCommand(part) : part))
        .filter(Boolean).join(' ').replace(/;(?=$| \p{Lu})|;$/gu, '.');
    return kept === remedy || /quản trị máy|operator/.test(kept) ? capital(kept)
        : [capital(kept), t(BY_CODE[code] ?? 'told_operator')].filter(Boolean).join(' ');
}
