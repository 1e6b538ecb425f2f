// Whom something goes to: one or more offices, picked by the beginnings of their names.
import { html, useState } from '/web/vendor/preact-htm.js';
import { get } from '/web/lib/api.js';
import { getAll, useWatch } from '/web/lib/data.js';
import { Fields } from '/web/lib/form.js';
import { learnName, learnNames, officeName } from '/web/lib/office.js';
import { compareNames } from '/web/lib/text.js';
import { t } from '/web/lib/words.js';

const MOST = 200; // that one letter can name

/** All offices that this one knows, but itself: [{word, label}], by name. */
export function useOffices(self) {
    const { data } = useWatch(async () => {
        const [below, status] = await Promise.all([getAll('/offices', {}, 4000), get('/status')]);
        learnNames(status);
        below.items.forEach((u) => learnName(u.id, u.name));
        const above = [status.office.parent, ...(status.office.superiors ?? [])];
        return [...new Set([...above.filter(Boolean), ...below.items.map((u) => u.id)])]
            .filter((id) => id !== self);
    }, [], [self]);
    return (data ?? []).map((id) => ({ word: id, label: officeName(id) }))
        .sort((a, b) => compareNames(a.label, b.label));
}

/** Rows of a form that fill values.to, an array of ids. */
export function OfficesPick({ offices, values, error, onChange }) {
    const [round, setRound] = useState(0);
    values.to ??= [];
    const pick = { id: 'one', label: t('directive_to'), kind: 'pick', required: true,
        options: offices.filter((o) => !values.to.includes(o.word)), note: t('pick_offices') };
    const one = {};
    const add = () => {
        if (one.one && values.to.length < MOST) {
            values.to.push(one.one);
            setRound(round + 1);
            onChange();
        }
    };
    const drop = (id) => {
        values.to.splice(values.to.indexOf(id), 1);
        setRound(round + 1);
        onChange();
    };
    return html`<${Fields} key=${round} fields=${[pick]} values=${one} onChange=${add}
            errors=${error && values.to.length === 0 ? { one: error } : {}} />
        ${values.to.length > 0 && html`<ul class="chips" aria-label=${t('directive_to')}>
            ${values.to.map((id) => html`<li key=${id}>${officeName(id)}
            <button type="button" class="plain" aria-label=${t('take_away', {
                name: officeName(id) })} onClick=${() => drop(id)}>×</button></li>`)}</ul>`}`;
}
