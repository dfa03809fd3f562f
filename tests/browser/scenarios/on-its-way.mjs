// A big letter on a slow link: somebody sees how far it is, and takes it back.

/// So often the bar has to have moved.
const STEPS = 4;

export default async function (visitor, { name, password, to, bytes }) {
    const { page } = visitor;
    await visitor.open('/login');
    await visitor.logIn(name, password);
    await visitor.open('/me/letters');
    await visitor.sees(/^Nothing is on its way/);
    await visitor.look('nothing', { checks: ['layout'] });
    await visitor.ask({ do: 'send', login: name, password, to, bytes, subject: 'A film of the garden' });

    // With JavaScript the first page, open in another window, moves by itself; here each look at the page shows more.
    const other = visitor.javaScript === 'on' ? await visitor.another() : undefined;
    if (other) await watch(other, { name, password });
    const bar = page.locator('progress');
    await moves(visitor, 'with each look', async () => {
        await visitor.open('/me/letters');
        await visitor.sees('A film of the garden');
        return await bar.count() ? bar.evaluate(({ position }) => position) : undefined;
    });
    await visitor.sees(/ of \d.* per second · .* left$/);
    await visitor.look('on-its-way', visitor.javaScript === 'off' ? {} : { checks: ['layout'] });

    await visitor.press('main a.button.danger');
    await visitor.sees('Take this letter back?');
    await visitor.look('taken-back', { checks: ['layout', 'axe'], widths: [390] });
    await visitor.press('main form.actions a.button.second');
    visitor.is('where "no" leads', visitor.path(), '/me/letters');
    await visitor.press('main a.button.danger');
    await visitor.press('main form.actions button');
    await visitor.sees('The letter is taken back.');
    if (other) {
        await other.sees(/^No letter waits/);
        visitor.is('whether the open page is still the same', await other.page.evaluate(() => window.stays), true);
        await other.leave();
    }
    // What the home writes about it is a letter, too, for a moment.
    const empty = Date.now() + 30_000;
    while (Date.now() < empty && !(await page.locator('main').innerText()).includes('Nothing is on its way'))
        await visitor.open('/me/letters');
    await visitor.sees(/^Nothing is on its way/);
    await visitor.logOut();
}

/// How far the letter is, again and again, until it has moved often enough.
async function moves(visitor, how, look) {
    const seen = new Set();
    const patience = Date.now() + 120_000;
    while (seen.size < STEPS && Date.now() < patience) {
        const part = await look();
        if (part !== undefined) seen.add(part);
    }
    const moved = [...seen];
    visitor.is(`how often the bar has moved ${how} (${moved})`, moved.length, STEPS);
    visitor.is(`whether the bar moves on ${how} (${moved})`, moved.every((part, i) => i === 0 || part > moved[i - 1]), true);
    visitor.is(`whether the bar is full ${how} (${moved})`, moved.at(-1) >= 1, false);
}

/// The first page, opened once: its bar moves, and what somebody is about to do on it stays as it is.
async function watch(visitor, { name, password }) {
    const { page } = visitor;
    await visitor.open('/login');
    await visitor.logIn(name, password);
    await visitor.sees('A film of the garden');
    // Gone with the first reload.
    await page.evaluate(() => (window.stays = true));
    await page.locator('[data-live=letters] a').focus();
    const screens = visitor.screens.length;
    await moves(visitor, 'by itself', async () => {
        // No faster than it could be seen.
        await page.evaluate(() => new Promise(requestAnimationFrame));
        const bar = page.locator('[data-live=letters] progress');
        return await bar.count() ? bar.evaluate(({ position }) => position) : undefined;
    });
    const same = await page.evaluate(() => [window.stays, Boolean(document.activeElement?.closest('[data-live=letters]'))]);
    visitor.is('whether the page is the same, and the focus where it was', same, [true, true]);
    visitor.is('how many pages were loaded meanwhile', visitor.screens.length - screens, 0);
    await visitor.look('first-page');
}
