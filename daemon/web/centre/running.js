// Which crowd comes first.

/** Oldest untaken first, then what somebody has taken, oldest first. */
export function runningOrder(items) {
    const rank = (i) => (i.state === 'raised' ? 0 : 1);
    return items.filter((i) => i.state !== 'closed' && !i.voided).sort((a, b) => rank(a) - rank(b)
        || (a.raised_at < b.raised_at ? -1 : 1));
}
