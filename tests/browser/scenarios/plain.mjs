// Without TLS the page shows the way to it, and asks for nothing.

export default async function (visitor, { secure }) {
    const { page } = visitor;
    for (const path of ['/', '/login', '/no/such/page']) {
        await visitor.open(path);
        visitor.is(`how many passwords are asked for at ${path}`, await page.locator('input:not([type=hidden])').count(), 0);
    }
    await visitor.open('/');
    await visitor.look('plain');
    for (const file of ['/ca.pem', '/ca.crt']) {
        const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`a[href="${file}"]`).click()]);
        visitor.is(`the name of ${file}`, download.suggestedFilename(), `toxmail-ca${file.slice(3)}`);
    }
    const link = await page.locator('main a.button').getAttribute('href');
    visitor.is('where the secure page is', link, `${secure}/`);
    const there = await visitor.another({ origin: secure });
    await there.open('/');
    visitor.is('where the way on leads', there.path(), '/login');
    await there.leave();
}
