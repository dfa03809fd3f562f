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

    // Each look at the page shows more.
    const bar = page.locator('progress');
    const seen = new Set();
    const patience = Date.now() + 120_000;
    while (seen.size < STEPS && Date.now() < patience) {
        await visitor.open('/me/letters');
        await visitor.sees('A film of the garden');
        if (await bar.count()) seen.add(await bar.evaluate(({ position }) => position));
    }
    const moved = [...seen];
    visitor.is(`how often the bar has moved (${moved})`, moved.length, STEPS);
    visitor.is(`whether the bar moves on (${moved})`, moved.every((part, i) => i === 0 || part > moved[i - 1]), true);
    visitor.is(`whether the bar is full (${moved})`, moved.at(-1) >= 1, false);
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
    // What the home writes about it is a letter, too, for a moment.
    const empty = Date.now() + 30_000;
    while (Date.now() < empty && !(await page.locator('main').innerText()).includes('Nothing is on its way'))
        await visitor.open('/me/letters');
    await visitor.sees(/^Nothing is on its way/);
    await visitor.logOut();
}
