// Which crowd comes first; and what is a crowd, not one that is expected.

export const isForecast = (i) => i.kind === 'forecast';

/** Announced and not yet lapsed, the next one first. */
export function expected(items) {
    return items.filter((i) => isForecast(i) && !i.voided && !['closed', 'lapsed'].includes(i.state))
        .sort((a, b) => ((a.expected_at ?? '') < (b.expected_at ?? '') ? -1 : 1));
}

/** Oldest untaken first, then what somebody has taken, oldest first. */
export function runningOrder(items) {
    const rank = (i) => (i.state === 'raised' ? 0 : 1);
    return items.filter((i) => !isForecast(i) && !['closed', 'joined'].includes(i.state) && !i.voided).sort((a, b) => rank(a) - rank(b)
        || (a.raised_at < b.raised_at ? -1 : 1));
}
