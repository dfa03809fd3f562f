// The visitor notices what is wrong: a page for each kind of fault, and one without.

import { createServer } from 'node:http';

const HEAD = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; img-src 'self' data:",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
};
const STYLE = `
:root { color-scheme: light dark; }
html { background: #fff; color: #111; font: 16px sans-serif; }
body { margin: 1em; overflow-wrap: anywhere; }
a, button { line-height: 2; color: inherit; }
a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid #06c; }
@media (prefers-color-scheme: dark) { html { background: #111; color: #eee; } }
.aloud { position: absolute; clip-path: inset(50%); width: 4em; }
.narrow { width: 4em; overflow: hidden; white-space: nowrap; }
.low { height: 1em; line-height: 1.2; overflow: hidden; }
.wide { width: 600px; }
.loud { display: inline-block; }
.up { margin-top: -2.5em; }
.pale { color: #999; background: #aaa; }
.dumb:focus-visible { outline: none; }
.over { position: fixed; inset: 0; background: #888; opacity: 0.2; }
.fold, .fold tbody, .fold tr, .fold td { display: block; }
.always { background: #fff; color: #111; }
`;
const GOOD = '<p class="aloud">For ears</p><p>Two letters wait. <a href="/good">Look again</a></p><p><label>Name <input name="name"></label></p><p><button>Send</button></p>';

/// Each with its fault, and what is said about it (nothing: no fault).
const PAGES = {
    good: { body: GOOD },
    'scrolls sideways': { body: '<p class="wide">A long way</p>', says: /the page is \d+ px wide in a window of 390/, checks: ['layout'] },
    'cut at the side': { body: '<p class="narrow">Gone beyond the edge</p>', says: /cut at the side: <p.narrow>/, checks: ['layout'] },
    'cut below': { body: '<p class="low">One line<br>and another</p>', says: /cut above or below: <p.low>/, checks: ['layout'] },
    squeezed: { body: '<table class="fold"><caption>The newest comes first</caption><tr><td>A line that is long</td></tr></table>', says: /squeezed: <caption>/, checks: ['layout'] },
    'text over text': { body: '<p>One</p><p class="up">Two</p><p class="up">Three</p>', says: /is written over/, checks: ['layout'] },
    'control over control': { body: '<p><button>One</button></p><p class="up"><button>Two</button></p>', says: /<button> “One” overlaps <button> “Two”/, checks: ['layout'] },
    'hidden in vain': { body: '<p><button class="loud" hidden>Copy</button></p>', says: /to be hidden, and shown: <button.loud> “Copy”/, checks: ['layout'] },
    'no picture': { body: '<img src="/none.png" alt="None" width="9" height="9">', says: /no picture/, checks: ['layout'] },
    'answered by an error': { body: '<img src="/none.png" alt="None" width="9" height="9">', says: /none.png was answered 404/, checks: [] },
    'no contrast': { body: '<p class="pale">Hardly to be read</p>', says: /axe color-contrast/, checks: ['axe'] },
    'no label': { body: '<input name="name">', says: /axe label/, checks: ['axe'] },
    'focus unseen': { body: '<p><button class="dumb">Quiet</button></p>', says: /the focus is not to be seen on <button> “Quiet”/, checks: ['keyboard'] },
    'focus covered': { body: '<p><button>Below</button></p><div class="over"></div>', says: /has the focus under <div>/, checks: ['keyboard'] },
    'trap': { body: '<p><button id="trap">Stay</button> <button>Next</button></p><script src="/trap.js"></script>', says: /Tab does not leave/, javaScript: 'on', checks: ['keyboard'] },
    'unreached': { body: '<p><button>One</button> <button id="later">Two</button> <button>Three</button></p><script src="/skip.js"></script>', says: /Tab does not reach <button#later>/, javaScript: 'on', checks: ['keyboard'] },
    'one scheme': { html: 'class="always"', body: GOOD, says: /the ground is rgb\(255, 255, 255\) in light and in dark/, checks: ['schemes'] },
    'inline script': { body: '<script>document.title = "x"</script>', says: /the console says .*inline script/, javaScript: 'on' },
    'inline style': { body: '<p style="color: red">Red</p>', says: /the console says .*inline style/ },
    'a script that fails': { body: '<script src="/fail.js"></script>', says: /a script failed: Error: on purpose/, javaScript: 'on' },
    'another host': { body: '<img src="http://elsewhere.example/a.png" alt="A" width="9" height="9">', says: /a request goes to http:\/\/elsewhere.example/, policy: "default-src *; frame-ancestors 'none'; form-action 'self'; base-uri 'none'" },
    'open policy': { body: GOOD, says: /script-src lets in 'unsafe-inline'/, policy: `${HEAD['content-security-policy']}; script-src 'self' 'unsafe-inline'` },
    'no policy': { body: GOOD, says: /no Content-Security-Policy/, policy: null },
    'open cookie': { body: GOOD, says: /the cookie plain is open to scripts/, cookie: 'plain=1; SameSite=Strict' },
    'cookie for all sites': { body: GOOD, says: /the cookie lax has SameSite=Lax/, cookie: 'lax=1; SameSite=Lax; HttpOnly' },
    'secret in the address': { body: '<img src="/good.png?key=hush%20hush" alt="A" width="9" height="9">', says: /a secret stands in the address/ },
};
const FILES = {
    '/style.css': ['text/css', STYLE],
    '/fail.js': ['text/javascript', 'throw new Error("on purpose");'],
    '/trap.js': ['text/javascript', 'document.getElementById("trap").addEventListener("keydown", (e) => e.preventDefault());'],
    '/skip.js': ['text/javascript', 'document.getElementById("later").addEventListener("focus", (e) => e.target.nextElementSibling.focus());'],
};

function answer(request, response) {
    const path = decodeURIComponent(request.url.slice(1));
    const file = FILES[request.url];
    const page = PAGES[path];
    if (file) {
        response.writeHead(200, { 'content-type': file[0], 'x-content-type-options': 'nosniff' }).end(file[1]);
    } else if (page) {
        const headers = { ...HEAD, ...(page.cookie && { 'set-cookie': page.cookie }) };
        if (page.policy === null) delete headers['content-security-policy'];
        else if (page.policy) headers['content-security-policy'] = page.policy;
        response.writeHead(200, headers).end(
            `<!DOCTYPE html><html lang="en" ${page.html ?? ''}><head><title>${path}</title><link rel="stylesheet" href="/style.css"><link rel="icon" href="data:,">` +
                `<meta name="viewport" content="width=device-width"></head><body><main><h1>Post office</h1>${page.body}</main></body></html>`,
        );
    } else {
        response.writeHead(404, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' }).end('no');
    }
}

export default async function (visitor) {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const origin = `http://127.0.0.1:${server.address().port}`;
    for (const [path, { says, javaScript = 'off', checks = says ? [] : undefined }] of Object.entries(PAGES)) {
        if (says && javaScript !== visitor.javaScript) continue;
        const faults = [];
        const eye = await visitor.another({ origin, faults, secrets: ['hush hush'] });
        await eye.open(`/${encodeURIComponent(path)}`);
        await eye.look(path, { checks });
        await eye.leave();
        const seen = says ? faults.some((fault) => says.test(fault)) : faults.length === 0;
        if (!seen) visitor.fault(`of the page “${path}” was said: ${faults.join('\n    ') || 'nothing'}`);
    }
    const bytes = await visitor.another({ origin }).then(async (fresh) => {
        const sum = await fresh.weigh('/good');
        await fresh.leave();
        return sum;
    });
    visitor.is('the weight of the good page with its style', bytes > STYLE.length + GOOD.length && bytes < 4000, true);
    server.close();

    // The test that plays this is asked, and its answers come back.
    visitor.is('what is answered', await visitor.ask({ double: 21 }), 42);
    visitor.is('what is answered to nonsense', await visitor.ask({ double: 'x' }).catch((error) => error.message), '{"double":"x"}: no number');
}
