// Logging in and out.

import { WIDTHS } from '../visitor.mjs';

export default async function (visitor, { name, password }) {
    const { page } = visitor;
    await visitor.open('/');
    visitor.is('where nobody is sent', visitor.path(), '/login');
    await visitor.look('login');
    await page.locator('summary').click();
    await visitor.look('login-forgotten', { checks: ['layout', 'axe'] });
    // Whoever types the name of a file from the page sees no end of a line in it.
    for (const width of [WIDTHS[0], 320]) {
        await page.setViewportSize({ width, height: 900 });
        const lines = await page.locator('.whole').evaluateAll((names) => names.map((name) => name.getClientRects().length));
        visitor.is(`lines of each file's name at ${width}`, lines.join(' '), '1 1');
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
        visitor.is(`whether anything stands out at ${width}`, beyond, false);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    const bytes = await visitor.weigh('/');
    visitor.notes.bytes = bytes;
    visitor.is(`whether the first page (${bytes} bytes) weighs over 60 KB`, bytes > 60_000, false);

    await visitor.logIn(name, `${password}?`, { status: 403 });
    await visitor.sees('Name and password do not belong together.');
    visitor.is('the name that was typed', await page.locator('#name').inputValue(), name);
    visitor.is('the password that was typed', await page.locator('#password').inputValue(), '');
    await visitor.look('login-wrong');

    await visitor.logIn(name, password);
    visitor.is('where somebody is sent', visitor.path(), '/');
    await visitor.sees(/^Hello, /);
    await visitor.look('home');

    // Whoever is logged in already has nothing to do at the login, and elsewhere nothing of it counts.
    await visitor.open('/login');
    visitor.is('where somebody is sent from the login', visitor.path(), '/');
    const other = await visitor.another();
    await other.open('/');
    visitor.is('where another browser is sent', other.path(), '/login');
    await other.leave();

    const cookies = await visitor.context.cookies();
    await visitor.logOut();
    await visitor.sees('You are logged out on this device.');
    await visitor.look('logged-out');
    await page.goBack();
    visitor.is('where "back" leads', visitor.path(), '/login');
    // Not only this browser has forgotten.
    await visitor.context.addCookies(cookies);
    await visitor.open('/');
    visitor.is('where an old cookie leads', visitor.path(), '/login');
}
