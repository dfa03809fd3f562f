// Every step of the setup, and what can happen at it: each of its pages in each language, mistakes, the way back, a second
// browser, a power cut.

const OTHERS = ['fr', 'de', 'es'];
const ANDROID = 'Mozilla/5.0 (Android 15; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0';
/// What people could call themselves and their homes.
const WORST = ['<img src=x onerror=alert(1)>', `${'W'.repeat(60)}`, '\u{202e}left to right\u{2066} '];

export default async function (visitor, { code, password }) {
    const { page } = visitor;
    const spoken = () => page.locator('html').getAttribute('lang');
    const speak = (language) => visitor.press(`footer form[action="/language"] button[value="${language}"]`);
    /// A page that a link leads to, in each language.
    const look = async (name) => {
        await visitor.look(name);
        const path = visitor.path();
        for (const language of visitor.javaScript === 'off' ? OTHERS : []) {
            await speak(language);
            visitor.is(`the language of ${name}, and where it is`, [await spoken(), visitor.path()], [language, path]);
            await visitor.look(`${name}-${language}`, { checks: ['layout'], widths: [390] });
        }
        if (await spoken() !== 'en') await speak('en');
    };
    /// What an answer shows that no link leads to.
    const glance = (name) => visitor.look(name, visitor.javaScript === 'off' ? {} : { checks: ['layout'] });
    const on = () => visitor.press('form[action="/setup/next"] button');
    const back = () => visitor.press('main a.button.quiet');

    await visitor.open('/me/letters');
    visitor.is('where nobody is sent in a new home', visitor.path(), '/setup');
    await visitor.press('main form[action="/language"] button[value="fr"]');
    visitor.is('the language that was chosen', await spoken(), 'fr');
    await visitor.press('main form[action="/language"] button[value="en"]');
    await look('1-welcome');

    // Two open the page of the claim.
    await visitor.press('main a.button[href="/setup/home"]');
    await look('2-home');
    const other = await visitor.another();
    await other.open('/setup/home');
    const claim = { home: WORST[0], display: WORST[0], mailbox: 'anna', password, again: password };
    await visitor.send({ code: '00', ...claim }, { status: 403 });
    await visitor.sees(/^That is not this home's code/);
    const kept = {};
    for (const id of Object.keys(claim)) kept[id] = await page.locator(`#${id}`).inputValue();
    visitor.is('what was kept of the form', kept, { ...claim, password: '', again: '' });
    await glance('2-home-wrong-code');
    await visitor.send({ code, ...claim, mailbox: 'root', again: `${password}!` }, { status: 422 });
    await visitor.sees(/^The home needs this name for itself/);
    await visitor.sees(/^The two passwords are not the same/);
    await glance('2-home-mistakes');
    await visitor.send({ code, ...claim });
    visitor.is('where the people are named', visitor.path(), '/setup/people');
    await other.send({ code, ...claim, mailbox: 'mallory' }, { status: 409 });
    await other.sees('Somebody was quicker');
    await other.look('2-home-claimed', visitor.javaScript === 'off' ? {} : { checks: ['layout'] });
    for (const path of ['/', '/setup', '/setup/home', '/setup/people']) {
        await other.open(path);
        visitor.is(`where the other is sent from ${path}`, other.path(), '/login');
    }

    await look('3-people');
    const add = (fields, status) =>
        visitor.send(fields, { status });
    await add({ display: 'Somebody', mailbox: 'anna' }, 422);
    await visitor.sees('Somebody has the mailbox anna already. Choose another.');
    await glance('3-people-taken');
    for (const [i, display] of WORST.entries()) await add({ display, mailbox: `person${i}` }, 200);
    await glance('3-people-slip');

    // Back, and another name for the home.
    await back();
    visitor.is('where "back" leads', visitor.path(), '/setup/home');
    await look('2-home-again');
    await visitor.send({ home: WORST[1] });
    visitor.is('where that leads', visitor.path(), '/setup/people');
    visitor.is('the name of the home', await page.locator('.brand').innerText(), WORST[1]);
    await look('3-people-all');
    await on();

    await look('4-provider');
    await visitor.send({ address: 'anna@x' }, { status: 422 });
    await glance('4-provider-wrong');
    for (const [name, address] of [['app-password', 'anna@gmail.com'], ['unusable', 'anna@outlook.com'], ['unknown', 'anna@toxmail.example']]) {
        await visitor.open('/setup/provider');
        await visitor.send({ address });
        await glance(`4-provider-${name}`);
    }
    // Nobody listens there; nothing is kept.
    await visitor.fill('secret', 'secret-provider');
    await visitor.send({ host: '127.0.0.1', port: '1' }, { status: 422 });
    await visitor.sees('That did not work');
    await glance('4-provider-failed');

    // A power cut. The page goes on where it was, here and in another browser; the code is good no more.
    await visitor.ask({ do: 'restart' });
    await visitor.open('/');
    await visitor.press('main .notice a[href="/setup"]');
    visitor.is('where it goes on', visitor.path(), '/setup/provider');
    await other.open('/setup');
    await other.logIn('anna', password);
    visitor.is('where it goes on in another browser', other.path(), '/setup/provider');
    await other.leave();

    await on();
    await look('5-pair');
    await visitor.send({ link: 'tox:nonsense' }, { status: 422 });
    await glance('5-pair-wrong');
    await visitor.press('form[action="/setup/pair/invite"] button');
    await glance('5-pair-invitation');
    // The browser's own way back shows the pages as they were, and they go on.
    await visitor.open('/setup/people');
    await visitor.open('/setup/pair');
    await page.goBack();
    visitor.is('where the browser goes back', visitor.path(), '/setup/people');
    await on();
    await on();
    visitor.is('where two steps lead', visitor.path(), '/setup/pair');
    await on();

    await look('6-done');
    await back();
    visitor.is('where "back" leads from the end', visitor.path(), '/setup/pair');
    await on();
    await visitor.press('form[action="/setup/done"] button');
    await glance('6-done-computer');
    // A telephone is not asked to scan its own screen.
    const telephone = await visitor.another({ width: 390, program: ANDROID });
    await telephone.open('/setup');
    await telephone.logIn('anna', password);
    await telephone.look('6-telephone', { checks: ['layout'] });
    for (const language of OTHERS) {
        await telephone.press(`footer form[action="/language"] button[value="${language}"]`);
        await telephone.press('form[action="/setup/done"] button');
        await telephone.look(`6-telephone-done-${language}`, { checks: ['layout'] });
        visitor.is('whether a code is in the way', await telephone.page.locator('.qr').first().isVisible(), false);
        await telephone.page.locator('summary').click();
        visitor.is('whether the code is there for another', await telephone.page.locator('.qr').first().isVisible(), true);
    }
    await telephone.look('6-telephone-code', { checks: ['layout', 'axe'] });
    await telephone.leave();
    // A language is a person's, whatever the browser.
    await visitor.open('/setup/done');
    await speak('en');
    await visitor.press('form[action="/setup/finish"] button');
    visitor.is('where the setup leads', visitor.path(), '/');
    await glance('7-finished');
    for (const path of ['/setup', '/setup/home', '/setup/people', '/setup/done']) {
        await visitor.open(path);
        visitor.is(`where ${path} leads once all is done`, visitor.path(), '/');
    }
    await visitor.logOut();
}
