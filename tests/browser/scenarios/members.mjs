// Somebody moves in, logs in here and there, is logged out everywhere, gets a new password, and moves out.

const LILI = 'Lili <b>&amp;</b>';

export default async function (visitor, { name, password }) {
    const { page } = visitor;
    const glance = (of, picture) => of.look(picture, visitor.javaScript === 'off' ? {} : { checks: ['layout'] });
    const slip = () => page.locator('#slip-password').innerText();
    await visitor.open('/login');
    await visitor.logIn(name, password);
    await visitor.press('nav a[href="/admin"]');
    await visitor.press('main a[href="/admin/members"]');

    await visitor.send({ display: LILI, mailbox: 'ben' }, { status: 422 });
    await visitor.sees('Somebody has the mailbox ben already. Choose another.');
    visitor.is('what was kept of the form', await page.locator('#display').inputValue(), LILI);
    await glance(visitor, 'mailbox-taken');
    await visitor.send({ display: LILI, mailbox: 'lili' });
    await visitor.sees(`For ${LILI}`);
    const first = await slip();
    await glance(visitor, 'member-added');
    // It was shown this once.
    await visitor.open('/admin/members');
    visitor.is('whether the password is shown again', (await page.content()).includes(first), false);

    // What is shown to her is hers.
    const desk = await visitor.another();
    const telephone = await visitor.another({ width: 390 });
    for (const device of [desk, telephone]) {
        await device.open('/');
        await device.logIn('lili', first);
        visitor.is('where Lili is', device.path(), '/');
    }
    await desk.sees(`Hello, ${LILI}`);
    visitor.is('how many doors she has to the administration', await desk.page.locator('a[href^="/admin"]').count(), 0);
    for (const path of ['/admin', '/admin/members', '/admin/members/ben', '/admin/pairing', '/admin/log']) await desk.open(path, { status: 403 });

    // She logs out everywhere, then the administrator logs everybody out.
    const isOut = async (who, device) => {
        await device.open('/me');
        visitor.is(`where ${who} is`, device.path(), '/login');
    };
    await desk.open('/me/security');
    await desk.press('form[action="/me/security/end-all"] button');
    await desk.sees(/^Everything is logged out/);
    await isOut('the telephone', telephone);
    await telephone.logIn('lili', first);
    await desk.logIn('lili', first);
    await visitor.open('/admin/security');
    await visitor.press('form[action="/admin/security/end-all"] button');
    for (const device of [desk, telephone, visitor]) await isOut('a browser when everybody is logged out', device);
    await visitor.logIn(name, password);

    // A forgotten password: the old one opens nothing any more, and whoever had it is out.
    await desk.logIn('lili', first);
    await visitor.open('/admin/members/lili');
    await visitor.press('form[action="/admin/members/lili/password"] > button');
    await visitor.sees(`For ${LILI}`);
    const second = await slip();
    visitor.is('whether the new password is the old one', second === first, false);
    await isOut('the desk with a new password', desk);
    await desk.logIn('lili', first, { status: 403 });
    await desk.logIn('lili', second);

    // Moving out: asked about once more, and not undone by the way back.
    await visitor.open('/admin/members/lili');
    await visitor.press('main a.button.danger');
    visitor.is('where moving out is asked about', visitor.path(), '/admin/members/lili/remove');
    await glance(visitor, 'moving-out');
    await visitor.press('main form.actions a.button.second');
    visitor.is('where "no" leads', visitor.path(), '/admin/members/lili');
    await visitor.press('main a.button.danger');
    await visitor.press('main form.actions button');
    await visitor.sees(/is removed\. The letters are put away/);
    await isOut('whoever moved out', desk);
    await desk.logIn('lili', second, { status: 403 });
    await visitor.open('/admin/members/lili', { status: 404 });
    await glance(visitor, 'nobody');
    await desk.leave();
    await telephone.leave();
    await visitor.logOut();
}
