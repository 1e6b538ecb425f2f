// What was entered of a matter and may leave, below its summary: one line a fact,
// "label: value", in Vietnamese whatever the reader's language. Written here, and
// read here again.
import { langNow, t } from '/web/lib/words.js';

/* The labels as they stand in the text, and the word that shows them. */
const LABELS = {
    against: ['Cơ quan bị khiếu nại', 'f_against'],
    decision: ['Số quyết định bị khiếu nại', 'f_decision'],
    decision_on: ['Ngày quyết định', 'f_decision_on'],
    source: ['Nguồn', 'f_source'],
    source_doc: ['Cơ quan chuyển, số, ngày', 'f_source_doc'],
    late_reason: ['Nhập bù', 'f_late_reason'],
    copies: ['Đơn ghi gửi nhiều nơi', 'f_copies'],
    arose: ['Nơi phát sinh', 'f_arose'],
    papers: ['Tài liệu kèm', 'f_papers'],
    fit: ['Đủ điều kiện', 'f_fit'],
    power: ['Thẩm quyền', 'f_power'],
    proposal: ['Đề xuất', 'f_proposal'],
};
const IDS = Object.fromEntries(Object.entries(LABELS).map(([id, [label]]) => [label, id]));
const PROPOSALS = { accept: 'thụ lý', guide: 'hướng dẫn', pass: 'chuyển', return: 'trả', file: 'lưu',
    urge: 'đôn đốc' };
const POWERS = { power_here: 'cơ quan này', power_elsewhere: 'nơi khác', power_unclear: 'chưa rõ' };
export const SOURCES = { by_hand: 'nhận trực tiếp', by_post: 'qua bưu điện',
    by_office: 'cơ quan khác chuyển', by_box: 'hòm thư' };
export const FITS = { fit_yes: 'đủ', fit_no: 'không đủ' };
export const COPIES = { yes: 'có' };
const CHOSEN = { proposal: PROPOSALS, power: POWERS, source: SOURCES, fit: FITS, copies: COPIES };

/* What was chosen, in another reader's language; what was typed stays as it is. */
function inWords(id, value) {
    if (langNow() === 'vi' || !CHOSEN[id]) {
        return value;
    }
    const [, word, more] = /^([^:]*)(.*)$/.exec(value);
    const key = Object.keys(CHOSEN[id]).find((k) => CHOSEN[id][k] === word);
    return key === undefined ? value : t(`opt_${key}`) + more;
}

/** @said, and the facts of @v that were filled in. @told: what its words are in the text. */
export function writeEntered(said, v, told = {}) {
    const facts = { ...v, power: POWERS[v.power], proposal: PROPOSALS[v.proposal], ...told };
    return [said, ...Object.entries(LABELS).filter(([id]) => facts[id])
        .map(([id, [label]]) => `${label}: ${facts[id]}`)].join('\n');
}

/** {said, rows: [[label in the reader's language, value]], proposal}. A line of any
 * other shape is of what was said. */
export function readEntered(text) {
    const rows = [];
    const said = [];
    for (const line of text.split('\n')) {
        const at = line.indexOf(': ');
        const id = at > 0 ? IDS[line.slice(0, at)] : undefined;
        if (id === undefined) {
            said.push(line);
        } else {
            rows.push([id, t(LABELS[id][1]), line.slice(at + 2)]);
        }
    }
    const proposed = rows.find(([id]) => id === 'proposal')?.[2];
    return { said: said.join('\n'), rows: rows.map(([id, label, value]) => [label, inWords(id, value)]),
        proposal: Object.keys(PROPOSALS).find((key) => PROPOSALS[key] === proposed) ?? null };
}

/** @text as its reader understands it: what was said as it is, its facts in their words. */
export function enteredWords(text) {
    if (langNow() === 'vi') {
        return text;
    }
    const { said, rows } = readEntered(text);
    return [said, ...rows.map(([label, value]) => `${label}: ${value}`)].filter(Boolean).join('\n');
}
