// The whole home in a file, by the browser.

import { statSync } from 'node:fs';

export default async function (visitor, { name, password, passphrase, folder }) {
    const { page } = visitor;
    const glance = (of) => visitor.look(of, visitor.javaScript === 'off' ? {} : { checks: ['layout'] });
    const button = 'form[action="/admin/backup/home.tar"] > button';
    const fill = async (first, again, own) => {
        await visitor.fill('home-passphrase', first);
        await visitor.fill('home-repeated', again);
        await visitor.fill('home-password', own);
    };
    await visitor.open('/login');
    await visitor.logIn(name, password);
    await visitor.open('/admin/backup');
    await glance('backup');
    for (const [what, first, again, own, status, says] of [
        ['weak', 'short', 'short', password, 422, /^That is too easy to guess/],
        ['differs', passphrase, `${passphrase}!`, password, 422, /^The two are not the same/],
        ['own-password-wrong', passphrase, passphrase, 'secret-wrong', 403, 'That is not your password.'],
    ]) {
        await fill(first, again, own);
        await visitor.press(button, { status });
        await visitor.sees(says);
        await glance(what);
    }

    await fill(passphrase, passphrase, password);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()]);
    visitor.is(`whether ${download.suggestedFilename()} is named by the day`, /^toxmail-\d{4}-\d\d-\d\d\.tar$/.test(download.suggestedFilename()), true);
    const file = `${folder}/${visitor.javaScript}.tar`;
    await download.saveAs(file);
    visitor.is('whether there is something in it', statSync(file).size > 10_000, true);
    await visitor.ask({ do: 'noted' });
    await visitor.open('/admin/backup');
    visitor.is('how often the page says that there is none', await page.getByText('None was made yet').count(), 0);
    await visitor.logOut();
}
