// Two families in two browsers: one invites, the other pastes the link, and a letter goes each way.

export default async function (visitor, { people }) {
    // One of them without JavaScript, the other with it.
    const others = await visitor.another({ origin: people[1].origin, javaScript: 'on' });
    const [mine, theirs] = [visitor, others];
    for (const [at, who] of [mine, theirs].entries()) {
        await who.open('/login');
        await who.logIn(people[at].name, people[at].password);
        await who.open('/admin/pairing');
    }

    await mine.press('form[action="/admin/pairing/invite"] button');
    const link = (await mine.page.locator('#invitation').innerText()).trim();
    visitor.is('whether the link begins as it is told', link.startsWith('tox:'), true);
    await mine.look('invitation');
    await mine.open('/admin/pairing');
    visitor.is('whether the link is shown again', (await mine.page.content()).includes(link.slice(-20)), false);

    await theirs.send({ link: link.slice(0, 60) }, { status: 422 });
    await theirs.look('half-a-link', { checks: ['layout'] });
    await theirs.send({ link: `  ${link}\n` });
    await theirs.sees(/is a contact now/);
    await theirs.look('accepted', { checks: ['layout'] });
    await visitor.ask({ do: 'meet' });

    await scan(visitor, people[1]);

    // The link has opened the door once. Another is taken back, and opens none.
    await mine.open('/admin/pairing');
    await mine.page.locator('summary').first().click();
    await mine.sees('accepted');
    await mine.press('form[action="/admin/pairing/invite"] button');
    await mine.open('/admin/pairing');
    await mine.press('form[action="/admin/pairing/withdraw"] button');
    await mine.sees('The invitation opens nothing any more.');
    await mine.look('taken-back', { checks: ['layout'] });

    for (const [at, subject] of ['From the garden', 'From the harbour'].entries()) {
        const [writer, reader] = [people[at], people[1 - at]];
        await visitor.ask({ do: 'send', at, login: writer.name, password: writer.password, to: reader.address, subject });
        await visitor.ask({ do: 'arrived', at: 1 - at, member: reader.name, subject });
    }
    // Each home shows the other, whatever it calls itself.
    for (const [at, who] of [mine, theirs].entries()) {
        await who.open('/');
        await who.look(`home-${at}`);
        await who.open('/me/letters');
        await who.sees(/^Nothing is on its way/);
        await who.logOut();
    }
    await theirs.leave();
}

/// Where the browser reads codes, the camera fills the field in. Debian's Chromium does not, so it is lent a pair of eyes: what
/// they see is not ours at first, and then an invitation.
async function scan(visitor, { origin, name, password }) {
    const looker = await visitor.another({ origin, javaScript: 'on' });
    const { page } = looker;
    const button = page.locator('button[data-scan]');
    await looker.open('/login');
    await looker.logIn(name, password);
    await looker.open('/admin/pairing');
    visitor.is('whether a browser without eyes offers them', await button.isVisible(), false);
    await page.addInitScript(() => {
        const seen = [[], [{ rawValue: 'https://example.org/' }], [{ rawValue: 'TOX:ABC?token=1' }]];
        const canvas = document.createElement('canvas');
        window.BarcodeDetector = class {
            static getSupportedFormats() { return Promise.resolve(['ean_13', 'qr_code']); }
            detect() { return Promise.resolve(window.looks ? seen.shift() : []); }
        };
        navigator.mediaDevices.getUserMedia = () => {
            if (window.refuses) return Promise.reject(new DOMException('no', 'NotAllowedError'));
            const paper = canvas.getContext('2d');
            setInterval(() => paper.fillRect(0, 0, 9, 9), 50);
            window.camera = canvas.captureStream();
            return Promise.resolve(window.camera);
        };
    });
    await looker.open('/admin/pairing');
    const live = () => page.evaluate(() => window.camera.getTracks().some((track) => track.readyState === 'live'));
    await page.evaluate(() => { window.refuses = true; });
    await button.click();
    await looker.sees(/^The camera cannot be used/);
    await looker.look('camera-refused', { checks: ['layout', 'axe'] });
    await page.evaluate(() => { window.refuses = false; });
    await button.click();
    await looker.sees('Stop the camera');
    await looker.look('camera', { checks: ['layout', 'axe'] });
    visitor.is('whether the camera looks', await live(), true);
    await button.click();
    await looker.sees('Scan their code with the camera');
    visitor.is('whether it looks on once it was stopped', await live(), false);
    visitor.is('whether anything is told of that', await page.locator('#scan-problem').isVisible(), false);
    await button.click();
    await looker.sees('Stop the camera');
    await page.evaluate(() => { window.looks = true; });
    await looker.sees('Scan their code with the camera');
    visitor.is('what was read', await page.locator('#link').inputValue(), 'TOX:ABC?token=1');
    visitor.is('whether it looks on once it has read', await live(), false);

    // Each member has it where they add somebody.
    await looker.open('/me/contacts/add');
    await button.click();
    await looker.sees('Stop the camera');
    await looker.look('camera-contact', { checks: ['layout', 'axe'] });
    await page.evaluate(() => { window.looks = true; });
    await looker.sees('Scan their code with the camera');
    visitor.is('what was read for a contact', await page.locator('#address').inputValue(), 'TOX:ABC?token=1');
    await looker.leave();
}
