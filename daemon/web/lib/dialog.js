// A window over the page: takes the focus, gives it back, Esc closes it.
import { html, useEffect, useRef } from '/web/vendor/preact-htm.js';
import { t } from '/web/lib/words.js';

/* A browser lets a page keep a window from closing only once: a second Esc, or a
 * phone's way back, closes it. So Esc never reaches it, and what closed it all the
 * same has it opened again. */
function keepOpen(box) {
    const quiet = (event) => event.key === 'Escape' && event.preventDefault();
    const again = () => {
        box.showModal();
        box.querySelector('input')?.focus();
    };
    addEventListener('keydown', quiet, true);
    box.addEventListener('close', again);
    return () => {
        removeEventListener('keydown', quiet, true);
        box.removeEventListener('close', again);
    };
}

/** @fixed: it cannot be closed without doing what it asks (the locked screen). */
export function Dialog({ title, onClose, fixed, children, wide }) {
    const box = useRef(null);
    useEffect(() => {
        const before = document.activeElement;
        const here = box.current;
        here.showModal();
        const free = fixed ? keepOpen(here) : () => {};
        return () => {
            free();
            here.close();
            before?.focus?.();
        };
    }, []);
    const cancel = (event) => {
        event.preventDefault();
        if (!fixed) {
            onClose();
        }
    };
    return html`<dialog ref=${box} class=${`${wide ? 'wide' : ''}${fixed ? ' fixed' : ''}`}
        onCancel=${cancel} aria-labelledby="dialog-title">
        <header><h2 id="dialog-title">${title}</h2>
            ${!fixed && html`<button type="button" class="plain" onClick=${onClose}
                aria-label=${t('close')}>✕</button>`}</header>
        ${children}
    </dialog>`;
}
