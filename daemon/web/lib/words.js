// The words of the pages: Vietnamese first, English second.
//
// A dictionary is a module `words/LANG.js`; only the one in use is loaded. What
// the law's tables name (fields, steps, ends) is in words/law.js, both
// languages side by side, and a test holds it to the daemon's own tables.
import law from '/web/words/law.js';

export const LANGS = ['vi', 'en'];
let words = {};
let lang = 'vi';

function wanted() {
    const asked = new URLSearchParams(location.search).get('lang');
    const kept = /(?:^|; )lang=(vi|en)/.exec(document.cookie);
    return LANGS.includes(asked) ? asked : kept ? kept[1] : 'vi';
}

/** Load the dictionary that the reader wants; the server reads the same cookie. Which
 * one that is, langNow() says at once. */
export async function loadWords() {
    lang = wanted();
    words = (await import(`/web/words/${lang}.js`)).default;
    document.documentElement.lang = lang;
}

/** Take another language: the page begins again, drafts are kept. */
export function chooseLang(next) {
    document.cookie = `lang=${next}; Path=/; SameSite=Strict; Max-Age=31536000`;
    const url = new URL(location.href);
    url.searchParams.delete('lang');
    location.replace(url);
    if (url.href === location.href || url.hash) {
        location.reload();
    }
}

export function langNow() {
    return lang;
}

/** The sentence @key with {names} filled in. An unknown key shows itself. */
export function t(key, args) {
    const text = words[key];
    if (text === undefined) {
        return `⟦${key}⟧`;
    }
    return args === undefined ? text
        : text.replace(/\{(\w+)\}/g, (whole, name) => args[name] ?? whole);
}

/** The label of a word of the law's tables: term('fields', 'land'). A word newer
 * than this page shows as it is. */
export function term(list, word) {
    const row = word == null ? undefined : law[list][word];
    return row === undefined ? (word ?? '') : row[lang === 'en' ? 1 : 0];
}

/** The same with a capital, for the beginning of a line. */
export function Term(list, word) {
    const text = term(list, word);
    return text.charAt(0).toLocaleUpperCase(lang) + text.slice(1);
}

/** All words of a list, in the law's order: [{word, label}]. */
export function terms(list) {
    return Object.keys(law[list]).map((word) => ({ word, label: Term(list, word) }));
}
