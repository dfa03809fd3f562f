// The way to everybody else, in the first setup: a wrong password is refused and nothing kept; a right one is stored, and a
// letter leaves by it.

export default async function (visitor, { code, password, login, secret, doors, to }) {
    const { page } = visitor;
    const glance = (name) => visitor.look(name, visitor.javaScript === 'off' ? {} : { checks: ['layout'] });
    const on = () => visitor.press('form[action="/setup/next"] button');
    // Each time by another of the two ways.
    const [tls, port] = visitor.javaScript === 'off' ? doors[0] : doors[1];
    const submit = (typed, status) =>
        visitor.fill('secret', typed).then(() => visitor.press('form:has(#secret) > button', { status }));

    await visitor.open('/setup/home');
    await visitor.send({ code, home: 'Garden Street 5', display: 'Anna Martin', password, again: password });
    await on();
    await visitor.send({ address: login });
    await visitor.fill('host', 'localhost');
    await visitor.fill('port', String(port));
    await page.locator(`input[name=tls][value=${tls}]`).check();
    await submit(`${secret}?`, 422);
    await visitor.sees('That did not work');
    await glance('refused');
    const kept = await Promise.all(['host', 'port', 'username', 'secret'].map((id) => page.locator(`#${id}`).inputValue()));
    visitor.is('what was kept of the form', kept, ['localhost', String(port), login, '']);
    visitor.is('what was kept of the way', await page.locator('input[name=tls]:checked').inputValue(), tls);

    await submit(secret, 200);
    visitor.is('where the setup goes on', visitor.path(), '/setup/pair');
    await visitor.sees(login);
    await glance('stored');
    await visitor.press('main a.button.quiet');
    await visitor.sees('localhost');
    await glance('there');
    await on();
    await on();
    await visitor.press('form[action="/setup/finish"] button');
    visitor.is('where the setup leads', visitor.path(), '/');

    const subject = `The first letter to everybody else, JavaScript ${visitor.javaScript}`;
    await visitor.ask({ do: 'send', login: 'anna', password, to, subject });
    await visitor.ask({ do: 'filed', subject, from: login });
    await visitor.open('/me');
    await visitor.sees(login);
    await visitor.open('/admin/provider');
    await visitor.sees('localhost');
    await visitor.look('afterwards', { checks: ['layout'] });
    await visitor.logOut();
}
