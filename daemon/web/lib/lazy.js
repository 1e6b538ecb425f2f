// A page that is fetched when somebody opens it.
import { html, useEffect, useState } from '/web/vendor/preact-htm.js';
import { t } from '/web/lib/words.js';

/** The component @name of the module that @load() imports. @quiet: nothing shows
 * until it is there. */
export function lazy(load, name, quiet = false) {
    return function Lazy(props) {
        const [page, setPage] = useState({ Page: null });
        useEffect(() => {
            let gone = false;
            load().then((module) => gone || setPage({ Page: module[name] }));
            return () => {
                gone = true;
            };
        }, []);
        return page.Page === null ? !quiet && html`<p class="empty">${t('loading')}</p>`
            : html`<${page.Page} ...${props} />`;
    };
}
