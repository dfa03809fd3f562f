// Chromium meets servers with certificates that somebody made with an authority it trusts, and trusts those it should.

import { createServer } from 'node:https';

export default async function (visitor, { leaves }) {
    for (const { name, chain, key, trusted } of leaves) {
        const server = createServer({ cert: chain, key }, (_, response) => response.end('hello')).listen(0, '127.0.0.1');
        await new Promise((resolve) => server.once('listening', resolve));
        const faults = [];
        const somebody = await visitor.another({ origin: `https://${name}:${server.address().port}`, faults });
        const said = await somebody.page.goto('/').then(
            (response) => response.status(),
            (error) => /net::(ERR_CERT\w+)/.exec(error.message)?.[1] ?? error.message,
        );
        visitor.is(`what Chromium says of ${name}`, said, trusted ? 200 : 'ERR_CERT_INVALID');
        await somebody.leave();
        server.close();
    }
}
