// Which sheet of a face is open: the part of the address behind #. It holds
// numbers of events at most, never a name.
import { useEffect, useState } from '/web/vendor/preact-htm.js';

function read() {
    const [, name = '', id = ''] = /^#\/([\w-]*)(?:\/(.+))?$/.exec(location.hash) ?? [];
    try {
        return { name, id: decodeURIComponent(id) };
    } catch {
        return { name: '', id: '' };
    }
}

export function useRoute() {
    const [route, setRoute] = useState(read());
    useEffect(() => {
        const turn = () => setRoute(read());
        addEventListener('hashchange', turn);
        return () => removeEventListener('hashchange', turn);
    }, []);
    return route;
}

export const link = (name, id) => `#/${name}${id ? `/${encodeURIComponent(id)}` : ''}`;

export function go(name = '', id = '') {
    location.hash = link(name, id);
}
