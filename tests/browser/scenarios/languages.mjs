// The page speaks the browser's language, and another when it is told so.

const LANGUAGES = ['en', 'fr', 'de', 'es'];

export default async function (visitor, { name, password }) {
    const titles = new Set();
    for (const code of LANGUAGES) {
        const guest = await visitor.another({ language: `${code}-CH` });
        const { page } = guest;
        const spoken = () => page.locator('html').getAttribute('lang');
        await guest.open('/login');
        visitor.is(`the language of a browser that wants ${code}`, await spoken(), code);
        titles.add(await page.title());
        await guest.look(`login-${code}`, { checks: ['layout'] });
        await guest.leave();
    }
    visitor.is('how many titles there are', titles.size, 4);

    const unknown = await visitor.another({ language: 'is-IS' });
    await unknown.open('/login');
    visitor.is('the language of a browser that wants another', await unknown.page.locator('html').getAttribute('lang'), 'en');
    await unknown.leave();

    // A choice counts for the browser, and for a member everywhere.
    const { page } = visitor;
    const spoken = () => page.locator('html').getAttribute('lang');
    const choose = (code) => visitor.follow(() => page.locator(`form[action="/language"] button[value="${code}"]`).click());
    await visitor.open('/login');
    await choose('fr');
    visitor.is('the language that was chosen', [await spoken(), visitor.path()], ['fr', '/login']);
    await visitor.open('/login');
    visitor.is('the language later', await spoken(), 'fr');
    await visitor.logIn(name, password);
    await choose('es');
    visitor.is('the language that a member chose', [await spoken(), visitor.path()], ['es', '/']);
    const elsewhere = await visitor.another();
    await elsewhere.open('/login');
    await elsewhere.logIn(name, password);
    visitor.is("the member's language on another device", await elsewhere.page.locator('html').getAttribute('lang'), 'es');
    await elsewhere.leave();
    await choose('en');
    await visitor.logOut();
}
