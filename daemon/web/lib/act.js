// One write behind a button: its key lives until the server has said yes or no.
import { useRef, useState } from '/web/vendor/preact-htm.js';
import { newKey, post } from '/web/lib/api.js';

/* What a body says, without the file that goes with it: its salt is new each time. */
const meaning = (path, body) => JSON.stringify([path, body],
    (key, value) => (key.startsWith('attach_') ? undefined : value));

/** [state, act]: act(path, body) writes; state {busy, problem}. A problem that the writer
 * may overrule has sure(): the same words, sent again, are then meant so. */
export function useAct(onDone) {
    const [state, setState] = useState({ busy: false, problem: null });
    const intent = useRef(null);
    const meant = useRef(null);
    const act = async (path, words) => {
        if (state.busy) {
            return;
        }
        const said = meaning(path, words);
        const body = meant.current === said ? { ...words, confirm_text: true } : words;
        const wanted = JSON.stringify([path, body]);
        if (intent.current?.wanted !== wanted) {
            intent.current = { wanted, key: newKey() };
        }
        setState({ busy: true, problem: null });
        try {
            const answer = await post(path, body, intent.current.key);
            intent.current = null;
            setState({ busy: false, problem: null });
            await onDone?.(answer);
        } catch (problem) {
            if (problem.outcome !== 'unknown') {
                intent.current = null;
            }
            if (problem.code === 'perhaps_personal_data') {
                problem.sure = () => {
                    meant.current = said;
                };
            }
            setState({ busy: false, problem });
        }
    };
    return [state, act];
}
