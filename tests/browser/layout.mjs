// What is wrong with what is shown. These functions run in the page, so each stands alone.

/// Nothing is cut, nothing overlaps, nothing makes the page scroll sideways, and every picture is there.
export function layout() {
    const faults = new Set();
    const SLACK = 1.5; // pixels: rounding
    const name = (node) => {
        const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
        const text = (node.textContent || node.value || '').trim().replace(/\s+/g, ' ').slice(0, 60);
        const classes = [...element.classList].map((c) => `.${c}`).join('');
        return `<${element.localName}${element.id && `#${element.id}`}${classes}> “${text}”`;
    };
    const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
    const styles = new Map();
    const style = (element) => {
        if (!styles.has(element)) styles.set(element, getComputedStyle(element));
        return styles.get(element);
    };
    const ancestors = (element) => {
        const list = [];
        for (let a = element; a; a = a.parentElement) list.push(a);
        return list;
    };
    // For programs that read aloud only: one pixel, or clipped away, or out to the left until it has the focus.
    const hidden = (element) =>
        ancestors(element).some((a) => {
            const of = style(a);
            const box = a.getBoundingClientRect();
            const clipped = /^inset\((50|100)%\)/.test(of.clipPath) || (of.clip !== 'auto' && box.width <= 1);
            const tiny = of.overflow !== 'visible' && (box.width <= 1 || box.height <= 1);
            const away = of.position !== 'static' && (box.right <= 0 || box.bottom + scrollY <= 0);
            return clipped || tiny || away;
        });
    const scrolls = (element, axis) => ancestors(element).some((a) => a !== document.documentElement && a !== document.body && /auto|scroll/.test(style(a)[axis]));

    const wide = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth > wide + 1) {
        faults.add(`the page is ${document.scrollingElement.scrollWidth} px wide in a window of ${wide}`);
    }

    // Every line of every text.
    const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!node.data.trim() || !shown(parent) || hidden(parent)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) if (box.width > 0 && box.height > 0) lines.push({ node, parent, box });
    }
    for (const { node, parent, box } of lines) {
        if ((box.right > wide + SLACK || box.left < -SLACK) && !scrolls(parent, 'overflowX')) faults.add(`beside the window: ${name(node)}`);
        let [x, y] = [true, true];
        for (const a of ancestors(parent)) {
            if (a === document.body || a === document.documentElement) break;
            const of = style(a);
            if (of.display === 'inline' || of.display === 'contents') continue;
            const edge = a.getBoundingClientRect();
            x &&= !/auto|scroll/.test(of.overflowX);
            y &&= !/auto|scroll/.test(of.overflowY);
            if (x && /hidden|clip/.test(of.overflowX) && (box.right > edge.right + SLACK || box.left < edge.left - SLACK)) faults.add(`cut at the side: ${name(node)}`);
            // A line is higher than its letters.
            const spare = box.height * 0.15 + SLACK;
            if (y && /hidden|clip/.test(of.overflowY) && (box.bottom > edge.bottom + spare || box.top < edge.top - spare)) faults.add(`cut above or below: ${name(node)}`);
        }
    }

    // A caption has the room of its table.
    for (const caption of document.querySelectorAll('caption')) {
        if (!shown(caption) || hidden(caption)) continue;
        const [mine, table] = [caption, caption.parentElement].map((element) => element.getBoundingClientRect());
        const several = new Set(lines.filter(({ parent }) => parent === caption).map(({ box }) => box.top)).size > 1;
        if (several && mine.width < table.width * 0.9) faults.add(`squeezed: ${name(caption)}`);
    }

    // Controls: each in its place. Boxes of two lines of one link count apart.
    const controls = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex="-1"])')]
        .filter((c) => shown(c) && !hidden(c))
        .flatMap((element) => [...element.getClientRects()].map((box) => ({ element, box })));
    const meet = (a, b, least) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > least && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > least;
    const kin = (a, b) => a.contains(b) || b.contains(a);
    for (const [i, a] of controls.entries()) {
        if ((a.box.right > wide + SLACK || a.box.left < -SLACK) && !scrolls(a.element, 'overflowX')) faults.add(`beside the window: ${name(a.element)}`);
        for (const b of controls.slice(i + 1)) {
            if (!kin(a.element, b.element) && meet(a.box, b.box, SLACK)) faults.add(`${name(a.element)} overlaps ${name(b.element)}`);
        }
    }
    // Letters fill the middle of their line's box.
    const letters = ({ box }) => ({ left: box.left, right: box.right, top: box.top + box.height * 0.25, bottom: box.bottom - box.height * 0.25 });
    for (const [i, a] of lines.entries()) {
        for (const b of lines.slice(i + 1)) {
            if (a.node !== b.node && meet(letters(a), letters(b), SLACK)) faults.add(`${name(a.node)} is written over ${name(b.node)}`);
        }
        for (const c of controls) {
            if (!c.element.contains(a.node) && !a.parent.contains(c.element) && meet(letters(a), c.box, SLACK)) faults.add(`${name(c.element)} covers ${name(a.node)}`);
        }
    }
    for (const button of document.querySelectorAll('input[type=submit], input[type=button], input[type=reset]')) {
        if (shown(button) && button.scrollWidth > button.clientWidth + 1) faults.add(`cut at the side: ${name(button)}`);
    }
    for (const secret of document.querySelectorAll('[hidden]')) {
        if (shown(secret)) faults.add(`to be hidden, and shown: ${name(secret)}`);
    }
    for (const picture of document.images) {
        if (shown(picture) && !(picture.complete && picture.naturalWidth)) faults.add(`no picture: ${picture.outerHTML}`);
    }
    return [...faults];
}

/// The colour behind everything.
export function ground() {
    const colours = [document.body, document.documentElement].map((e) => getComputedStyle(e).backgroundColor);
    return colours.find((colour) => colour !== 'rgba(0, 0, 0, 0)') ?? 'none';
}

/// Prepares a walk by keyboard: numbers the controls and remembers how each looks without the focus; returns how many there
/// are. `window.walked()` then tells where the focus is.
export function marks() {
    const name = (e) => `<${e.localName}${e.id && `#${e.id}`}> “${(e.textContent || e.value || e.name || '').trim().replace(/\s+/g, ' ').slice(0, 60)}”`;
    const dress = (e) => {
        const of = getComputedStyle(e);
        const outline = of.outlineStyle === 'none' || of.outlineWidth === '0px' ? 'none' : `${of.outlineStyle} ${of.outlineWidth} ${of.outlineColor}`;
        return [outline, of.boxShadow, of.borderColor, of.borderWidth, of.backgroundColor, of.textDecoration].join('|');
    };
    document.activeElement?.blur();
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(
        (e) => e.tabIndex >= 0 && !e.disabled && e.type !== 'hidden' && e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }),
    );
    const plain = all.map(dress);
    window.controls = all;
    window.named = name;
    window.walked = () => {
        const at = document.activeElement;
        if (!at || at === document.body || at === document.documentElement) return null;
        const number = all.indexOf(at);
        // A box that scrolls may have the focus too.
        if (number < 0) return { what: name(at) };
        const box = [...at.getClientRects()].find((b) => b.width && b.height);
        let fault;
        if (dress(at) === plain[number]) {
            fault = `the focus is not to be seen on ${name(at)}`;
        } else if (!box) {
            fault = `${name(at)} has the focus and is not to be seen`;
        } else {
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const top = document.elementFromPoint(x, y);
            const label = [...(at.labels ?? [])].some((l) => l.contains(top));
            if (!top || !(at.contains(top) || top.contains(at) || label)) fault = `${name(at)} has the focus under ${top ? name(top) : 'the edge'}`;
        }
        return { number, what: name(at), fault };
    };
    return all.length;
}

/// What the walk has not reached, and whether it went in the page's order.
export function unreached(reached) {
    const { controls, named } = window;
    const faults = [];
    const group = (e) => e.type === 'radio' && `${e.form?.id}/${e.name}`;
    // The keys with arrows go on inside a group.
    const groups = new Set(reached.map((i) => group(controls[i])).filter(Boolean));
    controls.forEach((control, i) => {
        if (!reached.includes(i) && !groups.has(group(control))) faults.push(`Tab does not reach ${named(control)}`);
    });
    const turns = reached.filter((number, i) => i > 0 && number < reached[i - 1]).length;
    if (turns > 1) faults.push(`Tab goes to and fro: ${reached.map((i) => named(controls[i])).join(', ')}`);
    document.activeElement?.blur();
    return faults;
}
