// "Chỉ đạo": received, assigned, being done, done with a document's number.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, idPath } from '/web/lib/api.js';
import { useAct } from '/web/lib/act.js';
import { DueIn } from '/web/lib/cases.js';
import { useWatch } from '/web/lib/data.js';
import { showTime } from '/web/lib/dates.js';
import { FileList } from '/web/lib/files.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { learnNames, officeName, placeWord, speaksOf } from '/web/lib/office.js';
import { link } from '/web/lib/route.js';
import { Sheet } from '/web/lib/sheet.js';
import { Term, t, term } from '/web/lib/words.js';

/* The next codes of the national exchange, by the present one. */
const NEXT = { '': ['03', '02'], '01': ['03', '02'], '03': ['04', '05', '06'], '04': ['05', '06'],
    '05': ['06'] };
const ASKS = { '06': 'done_doc', '02': 'refuse_why' };

function Say({ id, code, onDone, onClose }) {
    const values = useRef({});
    const [errors, setErrors] = useState({});
    const [state, act] = useAct(onDone);
    const fields = [{ id: 'reason', label: t(ASKS[code]), kind: 'text', max: 200, required: true,
        note: t('text_leaves') }];
    const send = (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        act(`/directives/${idPath(id)}/statuses`, { code, reason: values.current.reason.trim() });
    };
    return html`<form class="fields" noValidate onSubmit=${send}><h2>${Term('directive_codes', code)}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('save')}</button>
            <button type="button" onClick=${onClose}>${t('cancel')}</button></div></form>`;
}

/* What is known here of one addressee: of others than oneself only who sent it is told. */
const isTold = (item, to, self) => Boolean(to.status) || item.issuer === self || to.office === self;
const how = (to) => (to.status ? term('directive_codes', to.status) : t('not_arrived'));

export function DirectiveSheet({ session, id }) {
    const { data: item, error, reload } = useWatch(async () => learnNames(
        await get(`/directives/${idPath(id)}`)), ['directive'], [id]);
    const { data: crowds } = useWatch(async () => learnNames(await get('/incidents',
        { limit: 200 })), ['incident'], [id]);
    const [asking, setAsking] = useState(null);
    const [state, act] = useAct(() => reload());
    if (item === null) {
        return html`<${Sheet} title=${t('directive')}><p class="empty">${error ? error.message
            : t('loading')}</p></${Sheet}>`;
    }
    const told = item.to.filter((to) => isTold(item, to, session.office.id));
    const own = item.to.find((to) => to.office === session.office.id);
    const texts = (item.texts ?? []).filter((x) => x.kind === 'text' && x.state === 'here');
    const files = (item.texts ?? []).filter((x) => x.kind === 'attachment');
    const crowd = (crowds?.items ?? []).find((i) => speaksOf(item, i));
    const writes = session.person.roles.some((r) => r !== 'inspector' && r !== 'operator');
    const press = (code) => (ASKS[code] ? setAsking(code)
        : act(`/directives/${idPath(id)}/statuses`, { code }));
    return html`<${Sheet} title=${`${t('directive')} ${item.doc_no}`}>
        ${item.urgent && html`<p><b class="urgent">${t('urgent_mark')}</b></p>`}
        <dl class="facts">
            ${crowd && html`<dt>${t('crowd')}</dt><dd><a href=${link('incident', crowd.id)}>${
        officeName(crowd.origin)} · ${placeWord(crowd.place)} · ${showTime(crowd.raised_at)}</a></dd>`}
            <dt>${t('directive_from')}</dt><dd>${officeName(item.issuer)} · ${showTime(item.issued_at)}</dd>
            ${item.due_on && html`<dt>${t('due')}</dt><dd><${DueIn} day=${item.due_on} /></dd>`}
            ${texts.map((x) => html`<dt>${t('directive_says')}</dt><dd class="said">${x.text}</dd>`)}
            ${files.length > 0 && html`<dt>${t('file')}</dt><dd><${FileList} texts=${files}
                path=${`/directives/${idPath(id)}`} /></dd>`}
            <dt>${t('directive_to')}</dt><dd>${told.map((to) => html`<span class="reached"
                key=${to.office}>${officeName(to.office)}: ${how(to)} ${showTime(to.at)}
                ${to.reason && html`<span class="said"> ${to.reason}</span>`}</span>`)}
                ${told.length < item.to.length && html`<span class="reached quiet">${t('directive_others',
        { n: item.to.length - told.length })}</span>`}</dd>
        </dl>
        <${Trouble} problem=${state.problem} />
        ${own && writes && !item.voided && asking === null && html`<div class="buttons">
            ${(NEXT[own.status ?? ''] ?? []).map((code, i) => html`<button type="button" key=${code}
                class=${i === 0 ? 'main' : ''} disabled=${state.busy}
                onClick=${() => press(code)}>${Term('directive_codes', code)}</button>`)}</div>`}
        ${asking && html`<${Say} id=${id} code=${asking} onClose=${() => setAsking(null)}
            onDone=${() => {
        setAsking(null);
        reload();
    }} />`}
    </${Sheet}>`;
}
