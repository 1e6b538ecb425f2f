// What is one click away from the centre's first sight: fetched when that stands.
import { lazy } from '/web/lib/lazy.js';
import { WORK } from '/web/daily/sheets.js';

const lists = () => import('/web/centre/lists.js');
const Issue = lazy(() => import('/web/centre/issue.js'), 'Issue');
const CaseList = lazy(lists, 'CaseList');

/** The lists of centre/lists.js, in the order in which they stand. */
export const LIST_NAMES = ['overdue', 'due_soon', 'offered', 'contested', 'untold', 'moved',
    'late_extension', 'late_entry', 'unenforced', 'backlog', 'passed_on', 'silent', 'directives',
    'incidents'];

const OWN = {
    incident: lazy(() => import('/web/desk/incident.js'), 'IncidentSheet'),
    support: Issue, urge: Issue, issue: Issue,
    directive: lazy(() => import('/web/desk/directive.js'), 'DirectiveSheet'),
    case: lazy(() => import('/web/desk/case.js'), 'CaseSheet'),
    ...Object.fromEntries(LIST_NAMES.map((name) => [name, CaseList])),
    unit: lazy(lists, 'UnitSheet'),
    receipt: lazy(() => import('/web/desk/receipt.js'), 'ReceiptCheck'),
    shift: lazy(() => import('/web/desk/duty.js'), 'ShiftForm'),
    instead: lazy(() => import('/web/centre/instead.js'), 'Instead'),
    phoned: lazy(() => import('/web/centre/phoned.js'), 'Phoned'),
};

/** What the centre fetches before it is asked for; the daily work waits for a click. */
export const SOON = Object.values(OWN);
export const SHEETS = { ...WORK, ...OWN };
