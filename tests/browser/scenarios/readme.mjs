// The README's pictures, and those of docs/first-minutes.md, from a home where a family lives: each step of its setup, its first page while
// a big letter is on its way, and a telephone that is connected. `make pictures` puts them where they are looked for.

/// As wide as a README shows it; and where the small cards stand side by side, drawn as small as that.
const NARROW = 860;
const WIDE = { width: 1060, density: 0.8 };

export default async function (visitor, { code, film }) {
    const password = 'secret-anna';
    await visitor.page.setViewportSize({ width: NARROW, height: 900 });
    await visitor.open('/setup');
    await take(visitor, 'step-1', 'main section', 'main section');
    await visitor.open('/setup/home');
    const anna = { home: 'Garden Street 5', display: 'Anna Martin', mailbox: 'anna' };
    for (const [name, text] of Object.entries(anna)) await visitor.fill(name, text);
    await take(visitor, 'step-2', 'main section', 'main section');
    await visitor.send({ code, ...anna, password, again: password });
    for (const [display, mailbox] of [['Ben Martin', 'ben'], ['Lili', 'lili']]) {
        await visitor.fill('display', display);
        await visitor.fill('mailbox', mailbox);
        await visitor.press('form[action="/setup/people"] > button');
    }
    await take(visitor, 'setup', null, 'main section ul');
    const pictured = { provider: 'step-4', pair: 'step-5' };
    for (const step of ['people', 'provider', 'pair']) {
        visitor.is('where the setup is', visitor.path(), `/setup/${step}`);
        if (step in pictured) await take(visitor, pictured[step], 'main section', 'main section');
        await visitor.press('form[action="/setup/next"] button');
    }
    await take(visitor, 'step-6', 'main section', 'main section ul');
    await visitor.press('form[action="/setup/finish"] button');

    await visitor.open('/me/devices/android');
    await visitor.send({ label: "Anna's telephone" });
    await take(visitor, 'connect', null, '#password');

    await visitor.ask({ do: 'live' });
    const desk = await visitor.another(WIDE);
    const { page } = desk;
    await desk.open('/login');
    await desk.logIn('anna', password);
    await visitor.ask({ do: 'send', login: 'anna', password, to: film.to, bytes: film.bytes, subject: film.subject });
    // Far enough on to be told how fast it goes.
    const bar = page.locator('[data-live=letters] progress');
    const patience = Date.now() + 120_000;
    while (Date.now() < patience && !(await bar.count() && (await bar.evaluate(({ position }) => position)) > 0.3))
        await page.evaluate(() => new Promise(requestAnimationFrame));
    await desk.sees(/ per second · .* left$/);
    await take(desk, 'home', '[data-live=letters]', '[data-live=days]');
    await desk.logOut();
    await desk.leave();
}

/// A picture of what stands between two things: from the upper edge of the one (or the page) to the lower edge of the other, as wide as
/// the page, or as one card where it begins with that.
async function take({ page, pictures }, name, from, to) {
    await page.evaluate(() => document.activeElement?.blur());
    const clip = await page.evaluate(
        ([from, to]) => {
            const box = (selector) => document.querySelector(selector).getBoundingClientRect();
            const y = from ? box(from).top + scrollY - 16 : 0;
            const card = from?.endsWith('section') ? box(from) : { left: 8, right: innerWidth - 8 };
            const height = box(to).bottom + scrollY + 8 - y;
            return { x: card.left - 8, y, width: card.right - card.left + 16, height };
        },
        [from, to],
    );
    await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true, clip });
}
