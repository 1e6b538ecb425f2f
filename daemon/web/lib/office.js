// Offices by name, and what the numbers of an incident mean to people.
import { exactTime } from '/web/lib/dates.js';
import { langNow, t } from '/web/lib/words.js';

/* Names seen in any answer: an office keeps its id, so they only grow. */
const seen = new Map();

export function learnNames(answer) {
    for (const [id, name] of Object.entries(answer?.names ?? {})) {
        seen.set(id, name);
    }
    for (const row of answer?.links ?? []) {
        if (row.name) {
            seen.set(row.office, row.name);
        }
    }
    return answer;
}

export function learnName(id, name) {
    if (id && name) {
        seen.set(id, name);
    }
}

/** The name of an office, or the beginning of its id where nobody told it. */
export const officeName = (id) => (id ? seen.get(id) ?? id.slice(0, 8) : '');

/** Crowds are told in bands: the number is a guess, and is sent as its band's end. */
export const BANDS = [[5, 10], [11, 30], [31, 50], [51, 100], [101, Infinity]];

export function bandLabel([least, most]) {
    return most === Infinity ? t('band_over', { n: least - 1 }) : `${least}–${most}`;
}

export function band(people) {
    const found = BANDS.find(([, most]) => people <= most);
    return people < BANDS[0][0] ? String(people) : bandLabel(found);
}

/** How an order says which crowd it is for: words, as in any letter, by which the pages
 * find the one from the other. Vietnamese, for it is part of the order's text. */
export const crowdRef = (i) => `vụ đông người lúc ${exactTime(i.raised_at)} tại ${officeName(i.origin)}`;
export const speaksOf = (directive, crowd) => (directive.text ?? '').includes(crowdRef(crowd));

/* What an incident's texts are written with, whatever the reader's language:
 * the texts go to every office above. */
export const PLACES = ['Nơi tiếp công dân', 'Trụ sở xã', 'Nơi khác trong xã', 'Trụ sở cấp trên'];
export const HELPS = ['lãnh đạo tiếp', 'cán bộ chuyên môn', 'hồ sơ, tài liệu', 'y tế, nước uống',
    'phương tiện đưa về theo nguyện vọng'];

const NUMBER = 'số người đại diện: ';
const CALLED = 'đã gọi trực ban lúc ';

/** A place in the reader's language where it is one of those; as it was typed otherwise. */
export function placeWord(place) {
    const i = PLACES.indexOf(place);
    return i < 0 ? place : t(`place_${i + 1}`);
}

/** What is asked for a crowd, as this page writes it. */
export const helpText = (ticked, speakers, note) => [...ticked, ...(speakers ? [NUMBER + speakers] : []),
    ...(note ? [note] : [])].join('; ');
export const calledText = (clock) => CALLED + clock;

/** The same in the reader's language; what was typed stays as it is. */
export function helpWords(help) {
    return langNow() === 'vi' ? help : (help ?? '').split('; ').map((part) => {
        const i = HELPS.indexOf(part);
        return i >= 0 ? t(`help_${i + 1}`)
            : part.startsWith(NUMBER) ? `${t('crowd_speakers')}: ${part.slice(NUMBER.length)}`
                : part.startsWith(CALLED) ? t('reach_called', { time: part.slice(CALLED.length) }) : part;
    }).join('; ');
}
