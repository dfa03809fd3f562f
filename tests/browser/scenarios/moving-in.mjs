// A family moves in: from the first page to the first letter, as fast as somebody goes who knows the way.

/// A screen is a page of the setup, however often it is shown.
const MOST_SCREENS = 6;

export default async function (visitor, { code, plain, byKeyboard }) {
    visitor.byKeyboard = byKeyboard;
    const { page } = visitor;
    const password = 'secret-anna';
    const on = () => visitor.press('form[action="/setup/next"] button');

    // The address that stands on the box and in the terminal is that of the page without protection.
    await visitor.open('/');
    visitor.is('where nobody is sent in a new home', visitor.path(), '/setup');
    if (plain) {
        await reveal(visitor, 'details:has(form[action="/setup/plain"]) summary');
        await visitor.press('form[action="/setup/plain"] button');
    } else {
        await visitor.press('main a.button[href^="https:"]');
    }
    visitor.is('where the first person is named', [visitor.path(), new URL(page.url()).protocol], ['/setup/home', plain ? 'http:' : 'https:']);

    // Without protection: in a home whose file has its name already.
    const name = plain ? {} : { home: 'Garden Street 5' };
    await visitor.send({ code, ...name, display: 'Anna Martin', password, again: password });
    visitor.is('where the people are named', visitor.path(), '/setup/people');
    const ben = await addBen(visitor);
    await on();
    visitor.is('where the provider is named', visitor.path(), '/setup/provider');
    await on();
    visitor.is('where another home is named', visitor.path(), '/setup/pair');
    await on();
    visitor.is('where the setup ends', visitor.path(), '/setup/done');
    let own = password;
    if (!plain) {
        // The computer in front of which she sits gets a password of its own, and writes with that.
        await visitor.press('form[action="/setup/done"] button');
        visitor.is('where the computer is connected', visitor.path(), '/setup/done');
        own = await page.locator('#password').innerText();
        visitor.is('whether the computer has the password that she typed', own === password, false);
    }
    const screens = [...new Set(visitor.screens)];
    visitor.is(`whether there are more than ${MOST_SCREENS} screens (${screens})`, screens.length > MOST_SCREENS, false);

    const took = await visitor.ask({ do: 'send', login: 'anna', password: own, to: 'ben', subject: 'The first letter' });
    await visitor.ask({ do: 'arrived', member: 'ben', subject: 'The first letter' });
    await visitor.press('form[action="/setup/finish"] button');
    if (plain) {
        // What was opened without protection ends with the setup.
        await visitor.sees('One step to your home’s page'.replace('’', "'"));
        visitor.is('how many passwords are asked for', await page.locator('input:not([type=hidden])').count(), 0);
        return;
    }
    visitor.is('where the setup leads', visitor.path(), '/');
    await visitor.sees(/^The home is set up/);

    visitor.notes.seconds = Math.max(took, visitor.notes.seconds ?? 0);
    visitor.notes.screens = screens;

    // Ben opens the page with what was read to him, and sees nothing that is not his.
    const other = await visitor.another({ origin: new URL(page.url()).origin });
    await other.open('/');
    await other.logIn('ben', ben);
    visitor.is('where Ben is', other.path(), '/');
    await other.open('/admin/members', { status: 403 });
    await other.open('/setup/people', { status: 403 });
    await other.leave();
    await visitor.logOut();
}

/// Opens a part that is folded.
async function reveal(visitor, summary) {
    if (!visitor.byKeyboard) return visitor.page.locator(summary).click();
    await visitor.tabTo(summary);
    await visitor.page.keyboard.press('Enter');
}

/// By hand a password is made for him; by keyboard he types his own. His password.
async function addBen(visitor) {
    const { page, byKeyboard } = visitor;
    const typed = 'secret-ben';
    await visitor.fill('display', 'Ben');
    if (byKeyboard) {
        await visitor.tabTo('input[name="how"]');
        await page.keyboard.press('ArrowDown');
        await visitor.fill('password', typed);
        await visitor.fill('again', typed);
    }
    await visitor.press('form[action="/setup/people"] > button');
    if (byKeyboard) {
        await visitor.sees('Ben has a mailbox now.');
        return typed;
    }
    await visitor.sees('For Ben');
    return page.locator('#slip-password').innerText();
}
