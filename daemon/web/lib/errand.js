// Several writes that belong together, each under its own key: a repetition goes
// on where it stopped and writes nothing twice.
import { newKey, post } from '/web/lib/api.js';

export class Errand {
    /** @steps: [{name, path(done), body(done), optional}], in order; done holds the
     * answers so far by name. */
    constructor(steps) {
        this.steps = steps.map((step) => ({ ...step, key: newKey(), answer: null }));
        this.done = {};
    }

    /** Do what is not done yet. Throws the Problem of the step that failed, with
     * `step` telling which and `begun` whether anything was written before it. */
    async run() {
        for (const step of this.steps) {
            if (step.answer !== null) {
                continue;
            }
            try {
                step.answer = await post(step.path(this.done), step.body(this.done), step.key);
            } catch (problem) {
                problem.step = step.name;
                problem.begun = Object.keys(this.done).length > 0;
                throw problem;
            }
            this.done[step.name] = step.answer;
        }
        return this.done;
    }
}
