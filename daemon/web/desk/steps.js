// Which steps a matter may take now: by its kind, and by what has been done of it.
// What the daemon refuses anyway (control/case_cmd.c) is not offered, nor what the
// law knows of other kinds alone.
const BEFORE = ['accepted', 'not_accepted', 'classified', 'guided', 'returned', 'transfer_sent'];
const AFTER = ['verify_assigned', 'verify_done', 'dialogue_scheduled', 'dialogue_held',
    'leader_conclusion', 'extended', 'decision_issued', 'suspended', 'task_set', 'transfer_sent'];
const DECIDED = ['decision_sent', 'decision_published', 'enforcement_ordered',
    'enforcement_progress', 'enforcement_done', 'decision_revoked', 'court_noted'];
const ALWAYS = ['citizen_notified', 'note', 'statement_taken', 'withdrawn_part', 'protection',
    'linked', 'reviewed'];
/* They say something, and leave the matter where it is. */
const ASIDE = new Set(['note', 'citizen_notified', 'statement_taken', 'reviewed', 'task_set',
    'task_done', 'classified', 'linked', 'court_noted', 'withdrawn_part', 'protection']);
/* What usually comes next, by the last step. */
const NEXT = {
    '': ['accepted'], accepted: ['verify_assigned'], verify_assigned: ['verify_done'],
    verify_done: ['dialogue_held', 'decision_issued'], dialogue_held: ['decision_issued'],
    decision_issued: ['decision_sent'], decision_sent: ['citizen_notified'],
    suspended: ['resumed'], reopened: ['verify_assigned'],
};
const NOT_OF = {
    denunciation: new Set(['dialogue_scheduled', 'dialogue_held', 'transfer_sent',
        'transfer_answered', 'task_set', 'linked', 'reviewed', 'withdrawn_part', 'note', 'guided',
        'returned', 'statement_taken']),
    recommendation: new Set(['decision_revoked', 'court_noted', 'suspended', 'decision_published',
        'enforcement_ordered', 'enforcement_progress', 'enforcement_done']),
};
NOT_OF.feedback = NOT_OF.recommendation;

/** The steps that count, in order, by their words. */
export function stepsOf(item) {
    const taken = new Set((item.voided_events ?? []).map((x) => x.event));
    return item.events.filter((e) => e.effect === 'applied' && !taken.has(e.event)
        && (e.type === 'CASE_STEP' || e.type === 'DENUNCIATION_STEP')).map((e) => e.detail);
}

/** Where it stands: the last step that moved it; '' before the first. */
export const lastStep = (item) => stepsOf(item).filter((kind) => !ASIDE.has(kind)).pop() ?? '';

const fits = (item) => (kind) => !NOT_OF[item.type]?.has(kind)
    && (kind !== 'accepted' || item.state === 'open');

/** What usually comes next, the first of all first. */
export function usualSteps(item) {
    return (NEXT[lastStep(item)] ?? []).filter(fits(item));
}

/** All that may come, the usual ones first. */
export function possibleSteps(item) {
    const done = stepsOf(item);
    const last = lastStep(item);
    const main = last === 'suspended' ? ['resumed']
        : item.state === 'open' ? BEFORE
            : [...AFTER, ...(done.includes('decision_issued') ? DECIDED : [])];
    const all = [...usualSteps(item), ...main, ...(item.transfers_owed > 0 ? ['transfer_answered'] : []),
        ...ALWAYS];
    return [...new Set(all)].filter(fits(item));
}
