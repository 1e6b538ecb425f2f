// A page that is fetched when somebody opens it.
import { html, useEffect, useState } from '/web/vendor/preact-htm.js';
import { t } from '/web/lib/words.js';

/** The component @name of the module that @load() imports, drawn at once where it has
 * been opened or fetched before. @quiet: nothing shows until it is there. */
export function lazy(load, name, quiet = false) {
    let Page = null;
    const fetched = () => load().then((module) => {
        Page = module[name];
    });
    function Lazy(props) {
        const [state, setState] = useState('asked');
        useEffect(() => {
            let gone = false;
            const tell = (what) => () => gone || setState(what);
            if (Page === null) {
                fetched().then(tell('there'), tell('failed'));
            }
            return () => {
                gone = true;
            };
        }, []);
        return Page !== null ? html`<${Page} ...${props} />`
            : !quiet && html`<p class="empty">${t(state === 'failed' ? 'error_no_server' : 'loading')}</p>`;
    }
    Lazy.fetched = fetched;
    return Lazy;
}

/** Fetch the lazy @pages one after the other once nothing else is to be done: what is
 * opened next is there then, without a line to the server as well. */
export function fetchWhenIdle(pages) {
    const left = [...new Set(pages)];
    const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 200)); // iPhones
    const next = () => left.length > 0 && whenIdle(() => left.shift().fetched().then(next, next));
    next();
}
