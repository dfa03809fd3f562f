// Every page that somebody can reach by links is looked at, and without JavaScript in each language too.

/// Most pages of one round; more, and links are made without end.
const MOST = 80;
const OTHERS = ['fr', 'de', 'es'];
/// Where long words have the least room.
const TELEPHONE = [390];

export default async function (visitor, { people }) {
    const known = new Set();
    for (const [name, password] of Object.entries(people)) {
        await visitor.open('/login');
        await visitor.logIn(name, password);
        const paths = await round(visitor, name, known);
        visitor.notes[name] = paths;
        visitor.is(`whether ${name} sees more than ${MOST} pages`, paths.length > MOST, false);
        for (const language of visitor.javaScript === 'off' ? OTHERS : []) {
            await speak(visitor, language);
            for (const path of paths) {
                await visitor.open(path);
                visitor.is(`the language of ${path}`, await visitor.page.locator('html').getAttribute('lang'), language);
                await visitor.look(picture(name, path, language), { checks: ['layout'], widths: TELEPHONE });
            }
        }
        await speak(visitor, 'en');
        await visitor.logOut();
    }
}

function speak(visitor, language) {
    return visitor.follow(() => visitor.page.locator(`footer form[action="/language"] button[value="${language}"]`).click());
}

function picture(name, path, language = 'en') {
    return `${name}${path.replace(/\/$/, '-first').replaceAll(/[^a-z0-9]+/gi, '-')}-${language}`;
}

/// Goes wherever a link leads; the paths of what was seen. What another has seen already is looked at more briefly.
async function round(visitor, name, known) {
    const { page } = visitor;
    const wanted = ['/'];
    const seen = [];
    // One of each kind: what differs in a number only is the same page.
    const kinds = new Set();
    while (wanted.length && seen.length <= MOST) {
        const path = wanted.shift();
        const kind = path.replace(/\?.*/, '').replace(/[^/]*\d[^/]*/g, '#');
        if (kinds.has(kind)) continue;
        kinds.add(kind);
        const isPage = await visitor.open(path).then(
            () => page.evaluate(() => document.contentType === 'text/html'),
            (error) => {
                // A file to be kept.
                if (/Download is starting|ERR_ABORTED/.test(error.message)) return false;
                throw error;
            },
        );
        if (!isPage) continue;
        seen.push(path);
        await visitor.look(picture(name, path), known.has(kind) ? { checks: ['layout'] } : {});
        known.add(kind);
        const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.href));
        for (const link of links) {
            const { origin, pathname, search } = new URL(link);
            if (origin === visitor.origin) wanted.push(pathname + search);
        }
    }
    return seen;
}
