// Other websites, open in the browser of somebody who is logged in, can do nothing to the home.

import { createServer } from 'node:https';

export default async function (visitor, { name, password, certificate, key, plain, stranger }) {
    const page = (body) => `<!DOCTYPE html><html lang="en"><title>Elsewhere</title>${body}`;
    const answers = {
        '/send': page(`<form method="post" action="${visitor.origin}/logout"><input name="csrf" value="guessed"><button>Win</button></form>`),
        '/frame': page(`<iframe src="${visitor.origin}/"></iframe>`),
    };
    const server = createServer({ cert: certificate, key }, (request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' }).end(answers[request.url] ?? '');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address();

    // The console tells of what is refused, so what there is to notice is asked for here.
    const victim = await visitor.another({ faults: [] });
    const { page: sheet } = victim;
    await victim.open('/login');
    await victim.logIn(name, password);
    // Another site; and the same site (a port does not tell two apart), whose requests carry the cookie.
    for (const host of ['127.0.0.1', new URL(visitor.origin).hostname]) {
        const evil = `https://${host}:${port}`;
        await sheet.goto(`${evil}/send`);
        const [refused] = await Promise.all([
            sheet.waitForResponse((response) => response.request().method() === 'POST'),
            sheet.getByRole('button').click(),
        ]);
        visitor.is(`what a form at ${host} is answered`, refused.status(), 403);
        await sheet.waitForLoadState();
        await victim.sees(/^This change was asked for by another website/);

        await sheet.goto(`${evil}/frame`);
        const shown = await sheet.frames()[1].evaluate(() => document.body.innerText);
        visitor.is(`whether a frame at ${host} shows the home`, /Hello|Log in/.test(shown), false);

        if (visitor.javaScript === 'on') {
            const read = await sheet.evaluate(
                (home) => Promise.all(['cors', 'no-cors'].map((mode) => fetch(home, { credentials: 'include', mode }).then((r) => r.text(), () => 'refused'))),
                `${visitor.origin}/`,
            );
            visitor.is(`what a script at ${host} reads`, [read[0], read[1] || 'refused'], ['refused', 'refused']);
        }
    }
    await victim.open('/');
    visitor.is('where the victim is', victim.path(), '/');
    await victim.leave();

    // A name that was turned to point here.
    const lured = await visitor.another({ faults: [] });
    const rebound = await lured.page.goto(`http://${stranger}:${new URL(plain).port}/`);
    visitor.is('what another name is answered', rebound.status(), 403);
    const secure = await lured.page.goto(`https://${stranger}:${new URL(visitor.origin).port}/`).catch((error) => error.message);
    visitor.is('whether another name has a certificate', /ERR_CERT_COMMON_NAME_INVALID/.test(secure), true);
    await lured.leave();
    server.close();
}
