// The people of this office, for its leader; and one's own password and PIN.
import { html, useRef, useState } from '/web/vendor/preact-htm.js';
import { get, newKey, post } from '/web/lib/api.js';
import { useWatch } from '/web/lib/data.js';
import { showTime } from '/web/lib/dates.js';
import { Fields, findErrors, goToError, Trouble } from '/web/lib/form.js';
import { Sheet } from '/web/lib/sheet.js';
import { compareNames } from '/web/lib/text.js';
import { t } from '/web/lib/words.js';

const ROLES = ['officer', 'coordinator', 'leader', 'inspector', 'operator'];
const path = (name) => `/people/${encodeURIComponent(name)}`;
const roleOptions = () => ROLES.map((word) => ({ word, label: t(`role_${word}`) }));
const roleNames = (roles) => roles.map((r) => t(`role_${r}`)).join(', ');
const secretFields = (required) => [
    { id: 'password', label: t('new_password'), kind: 'secret', max: 200, required,
        note: t('password_hint') },
    { id: 'pin', label: t('new_pin'), kind: 'secret', max: 8, note: t('pin_hint'),
        check: (v) => (/^\d{4,8}$/.test(v) ? null : t('pin_wrong')) },
];

/* One form that writes: @send(values) posts. */
function PersonForm({ title, fields, first, send, onDone, onClose }) {
    const values = useRef({ ...first });
    const [errors, setErrors] = useState({});
    const [state, setState] = useState({ busy: false, problem: null });
    const submit = async (event) => {
        event.preventDefault();
        const wrong = findErrors(fields, values.current);
        setErrors(wrong);
        if (Object.keys(wrong).length > 0) {
            goToError(wrong);
            return;
        }
        setState({ busy: true, problem: null });
        try {
            await onDone(await send(values.current));
        } catch (problem) {
            setState({ busy: false, problem });
        }
    };
    return html`<form class="fields" noValidate onSubmit=${submit}><h2>${title}</h2>
        <${Fields} fields=${fields} values=${values.current} errors=${errors}
            onChange=${() => setErrors({})} />
        <${Trouble} problem=${state.problem} />
        <div class="buttons"><button class="main" disabled=${state.busy}>${t('save')}</button>
            ${onClose && html`<button type="button" onClick=${onClose}>${t('cancel')}</button>`}
        </div></form>`;
}

const given = (values, names) => Object.fromEntries(names.filter((n) => values[n]?.trim?.())
    .map((n) => [n, values[n].trim()]));

function Add({ onDone, onClose }) {
    const fields = [
        { id: 'shown', label: t('person_shown'), kind: 'text', max: 100, required: true },
        { id: 'name', label: t('signin_name'), kind: 'text', max: 32, required: true,
            note: t('name_hint'),
            check: (v) => (/^[a-z0-9._-]{1,32}$/.test(v.trim()) ? null : t('name_hint')) },
        { id: 'roles', label: t('roles'), kind: 'ticks', options: roleOptions(),
            check: (v) => (v.length > 0 ? null : t('form_required')), required: true },
        ...secretFields(true),
    ];
    return html`<${PersonForm} title=${t('person_add')} fields=${fields} onClose=${onClose}
        onDone=${onDone} send=${(v) => post('/people', { ...given(v, ['shown', 'name', 'pin']),
        password: v.password, roles: v.roles })} />`;
}

function Change({ person, onDone, onClose }) {
    const fields = [
        { id: 'shown', label: t('person_shown'), kind: 'text', max: 100, required: true },
        { id: 'roles', label: t('roles'), kind: 'ticks', options: roleOptions(),
            check: (v) => (v.length > 0 ? null : t('form_required')), required: true },
        ...secretFields(false),
    ];
    return html`<${PersonForm} title=${person.shown} fields=${fields} onClose=${onClose}
        first=${{ shown: person.shown, roles: person.roles }} onDone=${onDone}
        send=${(v) => post(path(person.name), { ...given(v, ['pin']), shown: v.shown.trim(),
        roles: v.roles, ...(v.password ? { password: v.password } : {}) }, newKey(), 'PUT')} />`;
}

/* What is told once: for paper, in an envelope that is sealed. */
function Told({ told, onClose }) {
    return html`<section class="here-box" role="status"><h2>${t('told_once')}</h2>
        ${told.paper_codes.length > 0 && html`<p>${t('told_papers')}</p>
            <ul class="codes mono">${told.paper_codes.map((c) => html`<li key=${c}>${c}</li>`)}</ul>`}
        ${told.totp && html`<p>${t('told_totp')}</p><p class="mono">${told.totp}</p>`}
        <div class="buttons"><button type="button" onClick=${() => print()}>${t('print')}</button>
            <button type="button" class="main" onClick=${onClose}>${t('told_kept')}</button></div>
    </section>`;
}

function Row({ person, self, onChange, onTold }) {
    const [problem, setProblem] = useState(null);
    const [sure, setSure] = useState(false);
    const flip = async () => {
        try {
            await post(path(person.name), { disabled: !person.disabled }, newKey(), 'PUT');
            onTold(null);
        } catch (fault) {
            setProblem(fault);
        }
    };
    /* For an operator's sign-in, and for whole books; the old one ends. */
    const code = async () => {
        if (!sure) {
            setSure(true);
            return;
        }
        setSure(false);
        try {
            onTold(await post(path(person.name), { new_totp: true }, newKey(), 'PUT'));
        } catch (fault) {
            setProblem(fault);
        }
    };
    const away = person.locked_until && Date.parse(person.locked_until) > Date.now();
    return html`<tr class=${person.disabled ? 'off' : ''}>
        <th scope="row">${person.shown}<br /><span class="quiet small mono">${person.name}</span></th>
        <td>${roleNames(person.roles)}</td>
        <td>${person.disabled ? t('person_off') : away ? t('person_locked',
        { time: showTime(person.locked_until) }) : person.has_pin ? t('person_pin') : t('person_no_pin')}
            ${person.roles.includes('leader') && html`<br /><span class="quiet small">${t('papers_left',
        { n: person.papers_left })}</span>`}</td>
        <td class="buttons"><button type="button" onClick=${onChange}>${t('edit')}</button>
            <button type="button" onClick=${code}>${t(sure ? 'press_code' : person.has_totp
        ? 'person_code_new' : 'person_code')}</button>
            ${person.name !== self && html`<button type="button" onClick=${flip}>${t(person.disabled
        ? 'person_on_again' : 'person_end')}</button>`}
            <${Trouble} problem=${problem} /></td>
    </tr>`;
}

export function People({ session }) {
    const { data, error, reload } = useWatch(() => get('/people'), [], []);
    const [open, setOpen] = useState(null);
    const [told, setTold] = useState(null);
    const done = (answer) => {
        setOpen(null);
        setTold(answer && (answer.paper_codes.length > 0 || answer.totp) ? answer : null);
        reload();
    };
    const items = [...(data?.items ?? [])].sort((a, b) => a.disabled - b.disabled
        || compareNames(a.shown, b.shown));
    return html`<${Sheet} title=${t('people')}>
        ${told !== null && html`<${Told} told=${told} onClose=${() => setTold(null)} />`}
        ${open === null ? html`<div class="buttons"><button type="button" class="main"
            onClick=${() => setOpen('')}>${t('person_add')}</button></div>`
        : open === '' ? html`<${Add} onDone=${done} onClose=${() => setOpen(null)} />`
            : html`<${Change} key=${open.name} person=${open} onDone=${done}
                onClose=${() => setOpen(null)} />`}
        ${data === null ? html`<p class="empty">${error ? error.message : t('loading')}</p>`
        : html`<div class="scroll"><table class="people"><thead><tr><th>${t('person')}</th>
            <th>${t('roles')}</th><th>${t('person_state')}</th><th></th></tr></thead>
            <tbody>${items.map((p) => html`<${Row} key=${p.name} person=${p}
                self=${session.person.name} onChange=${() => setOpen(p)} onTold=${done} />`)}
            </tbody></table></div>`}
    </${Sheet}>`;
}

/** One's own password and PIN. */
export function Mine({ session }) {
    const [saved, setSaved] = useState(false);
    return html`<${Sheet} title=${t('mine')}>
        ${saved ? html`<p class="done" role="status">${t('mine_saved')} <b class="ok">✓</b></p>`
        : html`<p class="quiet">${t('mine_lead')}</p>
            <${PersonForm} title=${session.person.shown} fields=${secretFields(false)}
                onDone=${() => setSaved(true)} send=${(v) => post(path(session.person.name),
        { ...given(v, ['pin']), ...(v.password ? { password: v.password } : {}) }, newKey(),
        'PUT')} />`}
    </${Sheet}>`;
}
