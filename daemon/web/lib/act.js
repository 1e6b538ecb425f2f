// One write behind a button: its key lives until the server has said yes or no.
import { useRef, useState } from '/web/vendor/preact-htm.js';
import { newKey, post } from '/web/lib/api.js';

/** [state, act]: act(path, body) writes; state {busy, problem}. */
export function useAct(onDone) {
    const [state, setState] = useState({ busy: false, problem: null });
    const intent = useRef(null);
    const act = async (path, body) => {
        const wanted = JSON.stringify([path, body]);
        if (state.busy) {
            return;
        }
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
            setState({ busy: false, problem });
        }
    };
    return [state, act];
}
