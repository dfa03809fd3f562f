// "I have a backup": a new box becomes the home that was.

export default async function (visitor, { code, name, password, passphrase, folder, home, contact }) {
    const { page } = visitor;
    const glance = (of) => visitor.look(of, visitor.javaScript === 'off' ? {} : { checks: ['layout'] });
    const file = `${folder}/${visitor.javaScript}.tar`;
    const restore = async (typed, phrase, what, status) => {
        await visitor.fill('code', typed);
        await visitor.fill('passphrase', phrase);
        await page.locator('#file').setInputFiles(what);
        await visitor.press('form[action="/setup/restore"] button', { status });
    };
    await visitor.open('/');
    await visitor.press('main a[href="/setup/restore"]');
    await glance('restore');

    await restore('00', passphrase, file, 403);
    await visitor.sees(/^That is not this home's code/);
    await glance('code-wrong');
    await restore(code, `${passphrase}?`, file, 422);
    await visitor.sees(/is not the passphrase of this backup/);
    await glance('passphrase-wrong');
    await restore(code, passphrase, { name: 'holidays.tar', mimeType: 'application/x-tar', buffer: Buffer.from('no backup') }, 422);
    await glance('no-backup');
    // Nothing has changed by that: somebody could still move in.
    await visitor.open('/');
    visitor.is('where it goes on after mistakes', visitor.path(), '/setup');

    await visitor.press('main a[href="/setup/restore"]');
    await restore(code, passphrase, file, 200);
    await visitor.sees('Your home is back');
    await glance('restored');
    await visitor.ask({ do: 'back' });
    await visitor.press('main a.button');
    visitor.is('where the way on leads', visitor.path(), '/login');
    await visitor.logIn(name, password);
    await visitor.sees(/^Hello, /);
    visitor.is('the name of the home', await page.locator('.brand').innerText(), home);
    await glance('home');
    await visitor.open('/me/contacts');
    await visitor.sees(contact);
    await visitor.open('/setup');
    visitor.is('where the setup leads in a home that is back', visitor.path(), '/');
    await visitor.logOut();
}
