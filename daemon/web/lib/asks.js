// Requests, reports and notices: what waits for whom.
const ENDED = ['02', '06', '15'];

/** Is this addressee's part open? A notice is over when a person has received it; a
 *  request when it is answered. */
export const waits = (what, to) => (what === 'request' ? !ENDED.includes(to.status)
    : [null, '01'].includes(to.status));

/** What waits for @self to answer or receive. */
export const toAnswer = (what, items, self) => items.filter((i) => !i.voided
    && i.to.some((to) => to.office === self && waits(what, to)));
