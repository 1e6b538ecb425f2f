// Vietnamese text: searched without marks, sorted as Vietnamese sorts.
const collator = new Intl.Collator('vi', { numeric: true, sensitivity: 'variant' });

/** For comparing what was typed without marks: "Đất đai" -> "dat dai". */
export function fold(text) {
    return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/[đĐ]/g, 'd')
        .toLowerCase().trim();
}

export const compareNames = (a, b) => collator.compare(a, b);

/** Does @label have a word that begins as each typed word does? */
export function matches(label, typed) {
    const parts = fold(label).split(/[\s,]+/);
    return fold(typed).split(/\s+/).filter(Boolean)
        .every((wanted) => parts.some((part) => part.startsWith(wanted)));
}
