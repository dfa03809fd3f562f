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
