// Is the screen locked? Who shows what only its officer may see asks to be told.
const listeners = new Set();
let shut = false;

export const isShut = () => shut;

export function setShut(on) {
    if (on === shut) {
        return;
    }
    shut = on;
    for (const listener of [...listeners]) {
        listener(on);
    }
}

/** listener(true when locked, false when opened again); returns how to stop. */
export function onShut(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}
