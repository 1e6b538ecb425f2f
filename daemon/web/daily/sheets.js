// The pages of the daily work that desk and centre share, each fetched when it is opened.
import { lazy } from '/web/lib/lazy.js';

const period = () => import('/web/daily/period.js');
const taskforce = () => import('/web/daily/taskforce.js');
const ask = () => import('/web/daily/ask.js');
const roster = () => import('/web/daily/roster.js');
const track = () => import('/web/daily/track.js');
const flags = () => import('/web/daily/flags.js');

export const WORK = {
    periods: lazy(period, 'Periods'), period: lazy(period, 'PeriodSheet'),
    'period-new': lazy(period, 'PeriodForm'),
    taskforces: lazy(taskforce, 'Taskforces'), taskforce: lazy(taskforce, 'TaskforceSheet'),
    'taskforce-new': lazy(taskforce, 'TaskforceForm'),
    requests: lazy(ask, 'Requests'), request: lazy(ask, 'RequestSheet'),
    'request-new': lazy(ask, 'RequestForm'),
    notices: lazy(ask, 'Notices'), notice: lazy(ask, 'NoticeSheet'),
    'notice-new': lazy(ask, 'NoticeForm'),
    shifts: lazy(roster, 'Shifts'), 'shifts-table': lazy(() => import('/web/daily/roster_table.js'), 'RosterTable'),
    duty: lazy(roster, 'ShiftSheet'),
    track: lazy(track, 'Track'), tasks: lazy(track, 'Tasks'),
    flags: lazy(flags, 'Flags'), threats: lazy(flags, 'Threats'),
    book: lazy(() => import('/web/daily/book.js'), 'Book'),
    summary: lazy(() => import('/web/daily/summary.js'), 'Summary'),
};

/* The panels of the desk that are there when something is owed. */
export const PeriodPanel = lazy(period, 'PeriodPanel', true);
export const AskPanel = lazy(ask, 'AskPanel', true);
