// "Việc khác": every page of the desk, by what one wants to do. What is still to come
// has its place here, so that nobody looks for it elsewhere.
import { html } from '/web/vendor/preact-htm.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { t } from '/web/lib/words.js';

const GROUPS = () => [
    [t('more_daily'), ['cases', 'directives', 'tasks', 'requests', 'notices', 'forecast', 'receipt']],
    [t('more_duty'), ['shifts', 'shift', 'periods', 'taskforces', 'summary']],
    [t('more_care'), ['flags', 'threats']],
    [t('more_paper'), ['book']],
];
const NAMES = { cases: 'cases_open', shift: 'shift_add', receipt: 'receipt_check' };
/* Where paper, the register's book, practice and the stick will stand. */
const SOON = () => ({ [t('more_paper')]: [t('soon_prints'), t('soon_usb'), t('soon_practice')] });

export function More({ session }) {
    const issues = session.faces.includes('centre')
        && session.person.roles.some((r) => ['coordinator', 'leader'].includes(r));
    return html`<${Sheet} title=${t('more')}><div class="groups">${GROUPS().map(([title, pages], i) => html`
        <section key=${title}><h2>${title}</h2><ul>${pages.map((name) => html`<li key=${name}><a
            href=${link(name)}>${t(NAMES[name] ?? name)}</a></li>`)}
            ${i === 0 && issues && html`<li><a href=${`/centre${link('issue')}`}>${t('issue')}</a></li>`}
            ${(SOON()[title] ?? []).map((name) => html`<li key=${name}><span class="soon">${name}
                ${' · '}${t('soon')}</span></li>`)}</ul></section>`)}</div></${Sheet}>`;
}
