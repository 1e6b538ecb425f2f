// Keys of the whole page. No single letter is a shortcut inside a field.
import { useEffect } from '/web/vendor/preact-htm.js';
import { isShut } from '/web/lib/lock.js';

export function inField(target) {
    return target instanceof HTMLElement
        && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** @table: {"F8": fn, "Ctrl+Enter": fn, "/": fn}; a key of one letter counts
 * outside fields alone. A handler that returns false leaves the key alone. While the
 * screen is locked no key does anything. */
export function useKeys(table, on = []) {
    useEffect(() => {
        const press = (event) => {
            if (isShut() || event.isComposing || event.altKey || event.metaKey) {
                return;
            }
            const name = (event.ctrlKey ? 'Ctrl+' : '') + event.key;
            const act = table[name];
            if (act === undefined || (event.key.length === 1 && !event.ctrlKey
                && inField(event.target))) {
                return;
            }
            if (act(event) !== false) {
                event.preventDefault();
            }
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
    }, on);
}
