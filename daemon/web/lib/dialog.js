// A window over the page: takes the focus, gives it back, Esc closes it.
import { html, useEffect, useRef } from '/web/vendor/preact-htm.js';
import { t } from '/web/lib/words.js';

/** @fixed: it cannot be closed without doing what it asks (the locked screen). */
export function Dialog({ title, onClose, fixed, children, wide }) {
    const box = useRef(null);
    useEffect(() => {
        const before = document.activeElement;
        box.current.showModal();
        return () => {
            box.current?.close();
            before?.focus?.();
        };
    }, []);
    const cancel = (event) => {
        event.preventDefault();
        if (!fixed) {
            onClose();
        }
    };
    return html`<dialog ref=${box} class=${wide ? 'wide' : ''} onCancel=${cancel}
        aria-labelledby="dialog-title">
        <header><h2 id="dialog-title">${title}</h2>
            ${!fixed && html`<button type="button" class="plain" onClick=${onClose}
                aria-label=${t('close')}>✕</button>`}</header>
        ${children}
    </dialog>`;
}
