// Crowds that nobody has taken yet: in sight on every page, and over a locked screen.
import { html, useEffect, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { useWatch } from '/web/lib/data.js';
import { learnNames } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { t } from '/web/lib/words.js';

const MOST = 200;
const LOCKED_MS = 5000; // between two questions of a locked screen

/** Raised, there and untaken; the oldest first. */
export const untakenCrowds = (items) => items.filter((i) => i.state === 'raised' && !i.voided
    && i.kind !== 'forecast').sort((a, b) => (a.raised_at < b.raised_at ? -1 : 1));

/** What is going on, as all parts of a page ask for it: they share the answer. */
export const openIncidents = async () => learnNames(await get('/incidents', { open: true, limit: MOST }));

/** What of it began at @office; where there is more than one answer holds, that alone. */
export async function incidentsOf(office) {
    const all = await openIncidents();
    const { items } = all.next ? learnNames(await get('/incidents', { open: true, office, limit: 50 })) : all;
    return items.filter((i) => i.origin === office);
}

/** The bar of a page: leads to the oldest. @self: an office whose own warnings do not
 * count here (a desk has them in its line), or null. */
export function CrowdBar({ self }) {
    const { data } = useWatch(openIncidents, ['incident']);
    const crowds = untakenCrowds(data?.items ?? []).filter((i) => i.origin !== self);
    return crowds.length > 0 && html`<div class="crowd-bar" role="alert"><a
        href=${link('incident', crowds[0].id)}>${t('crowds_untaken', { n: crowds.length })}</a></div>`;
}

/** The number alone: a locked session is told no more. */
export function CrowdCount() {
    const [n, setN] = useState(0);
    useEffect(() => {
        const ask = () => get('/session/crowds').then((told) => setN(told.untaken), () => {});
        ask();
        const timer = setInterval(ask, LOCKED_MS);
        return () => clearInterval(timer);
    }, []);
    return n > 0 && html`<p class="crowd-bar" role="alert">${t('crowds_untaken', { n })}</p>`;
}
