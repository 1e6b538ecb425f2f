// What came, what was finished and what is open, by week; drawn by uPlot, loaded
// with the board alone.
import { html, useEffect, useRef } from '/web/vendor/preact-htm.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { addDays, today } from '/web/lib/dates.js';
import { t } from '/web/lib/words.js';

const WEEKS = 10;
const GAP_MS = 600000; // weeks do not hurry
const MOST = 20000;

/** Per week, oldest first: [{from, opened, closed, open}], from cases and what is
 * open now. */
export function weekly(cases, openNow, day) {
    const weeks = Array.from({ length: WEEKS }, (unused, i) => ({
        from: addDays(day, -7 * (WEEKS - i) + 1), opened: 0, closed: 0, open: 0 }));
    const at = (d) => weeks.filter((w) => w.from <= d).pop();
    for (const item of cases) {
        const came = at(item.opened_on);
        if (came) {
            came.opened += 1;
        }
        const went = item.state === 'closed' ? at(today(Date.parse(item.last_event_at))) : null;
        if (went) {
            went.closed += 1;
        }
    }
    let open = openNow;
    for (let i = WEEKS - 1; i >= 0; i--) {
        weeks[i].open = open;
        open = Math.max(0, open - weeks[i].opened + weeks[i].closed);
    }
    return weeks;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

async function draw(box, weeks) {
    const { default: UPlot } = await import('/web/vendor/uplot.js');
    if (!document.querySelector('link[href="/web/vendor/uplot.css"]')) {
        const sheet = document.createElement('link');
        sheet.rel = 'stylesheet';
        sheet.href = '/web/vendor/uplot.css';
        document.head.append(sheet);
    }
    const axis = { stroke: colour('--text'), grid: { stroke: colour('--edge') },
        font: '13px system-ui, sans-serif' };
    const width = Math.max(200, box.clientWidth);
    const height = Math.max(80, box.clientHeight);
    const line = (label, stroke, dash) => ({ label, stroke, dash, width: 3, points: { show: false } });
    box.textContent = '';
    return new UPlot({ width, height, legend: { show: false }, cursor: { show: false },
        scales: { x: { time: false }, y: { range: (u, min, max) => [0, Math.max(1, max)] } },
        axes: [{ ...axis, values: (u, ticks) => ticks.map((i) => (Number.isInteger(i) && weeks[i]
            ? `${weeks[i].from.slice(8)}/${weeks[i].from.slice(5, 7)}` : '')) },
        { ...axis, size: 62 }],
        series: [{}, line(t('board_opened'), colour('--accent')),
            line(t('board_closed'), colour('--ok'), [8, 5]),
            line(t('board_open'), colour('--late'), [2, 4])] },
    [weeks.map((w, i) => i), weeks.map((w) => w.opened), weeks.map((w) => w.closed),
        weeks.map((w) => w.open)], box);
}

export function Flow({ openNow, ready }) {
    const box = useRef(null);
    const { data } = useWatch(() => getAll('/cases', { since: addDays(today(), -7 * WEEKS) }, MOST),
        [], [], GAP_MS);
    const weeks = data && ready ? weekly(data.items, openNow, today()) : null;
    const shown = JSON.stringify(weeks);
    useEffect(() => {
        if (weeks === null) {
            return undefined;
        }
        let chart = null;
        let gone = false;
        const again = async () => {
            chart?.destroy();
            chart = await draw(box.current, weeks);
            if (gone) {
                chart.destroy();
            }
        };
        again();
        addEventListener('resize', again);
        addEventListener('beforeprint', again);
        addEventListener('afterprint', again);
        return () => {
            gone = true;
            removeEventListener('resize', again);
            removeEventListener('beforeprint', again);
            removeEventListener('afterprint', again);
            chart?.destroy();
        };
    }, [shown]);
    return html`<div class="chart" ref=${box} role="img" aria-label=${weeks === null ? t('loading')
        : weeks.map((w) => `${w.from}: ${w.opened} ${t('board_opened')}, ${w.closed} ${
            t('board_closed')}, ${w.open} ${t('board_open')}`).join('; ')}></div>
        <p class="key"><span class="k1">${t('board_opened')}</span> <span class="k2">${t(
        'board_closed')}</span> <span class="k3">${t('board_open')}</span></p>`;
}
