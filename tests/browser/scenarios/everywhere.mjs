// Every page that somebody can reach by links is looked at; or, where languages are named, its words in these.

/// Most pages of one round; more, and links are made without end.
const MOST = 80;
/// Where long words have the least room.
const TELEPHONE = [390];

export default async function (visitor, { people, languages }) {
    const known = new Set();
    for (const [name, password] of Object.entries(people)) {
        await visitor.open('/login');
        await visitor.logIn(name, password);
        const paths = await round(visitor, async (path) => {
            if (languages) return;
            // What another has seen already is looked at more briefly.
            const kind = kindOf(path);
            await visitor.look(picture(name, path), known.has(kind) ? { checks: ['layout'] } : {});
            known.add(kind);
        });
        visitor.notes[name] = paths;
        visitor.is(`whether ${name} sees more than ${MOST} pages`, paths.length > MOST, false);
        // Of pages about this one and that one the words are the same.
        const kinds = new Map(paths.map((path) => [path.replace(/\/(with|members)\/[^/]+/, '/$1/#'), path]));
        for (const language of languages ?? []) {
            await speak(visitor, language);
            for (const path of kinds.values()) {
                await visitor.open(path);
                visitor.is(`the language of ${path}`, await visitor.page.locator('html').getAttribute('lang'), language);
                await visitor.look(picture(name, path, language), { checks: ['layout'], widths: TELEPHONE });
            }
        }
        if (languages) await speak(visitor, 'en');
        await visitor.logOut();
    }
}

function speak(visitor, language) {
    return visitor.follow(() => visitor.page.locator(`footer form[action="/language"] button[value="${language}"]`).click());
}

function picture(name, path, language = 'en') {
    return `${name}${path.replace(/\/$/, '-first').replaceAll(/[^a-z0-9]+/gi, '-')}-${language}`;
}

/// What differs in a number only is the same page.
function kindOf(path) {
    return path.replace(/\?.*/, '').replace(/[^/]*\d[^/]*/g, '#');
}

/// Goes wherever a link leads, and does something there; the paths of what was seen.
async function round(visitor, deed) {
    const { page } = visitor;
    const wanted = ['/'];
    const seen = [];
    const kinds = new Set();
    while (wanted.length && seen.length <= MOST) {
        const path = wanted.shift();
        if (kinds.has(kindOf(path))) continue;
        kinds.add(kindOf(path));
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
        await deed(path);
        const links = await page.locator('a[href]').evaluateAll((all) => all.map((a) => a.href));
        for (const link of links) {
            const { origin, pathname, search } = new URL(link);
            if (origin === visitor.origin) wanted.push(pathname + search);
        }
    }
    return seen;
}
