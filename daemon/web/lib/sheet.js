// A sheet over the first sight of a face: a title, and a way back.
import { html } from '/web/vendor/preact-htm.js';
import { go } from '/web/lib/route.js';
import { t } from '/web/lib/words.js';

export function Sheet({ title, children, onBack = () => go(), wide }) {
    return html`<section class=${wide ? 'sheet wide' : 'sheet'}><header><h1>${title}</h1>
        <button type="button" onClick=${onBack}><kbd>Esc</kbd> ${t('back')}</button></header>
        ${children}</section>`;
}
