// "Go on with the home on this disk": a box with a new card, and the disk of the one that died. The test is the box's script.

export default async function (visitor, { code }) {
    const { page } = visitor;
    const glance = (of) => visitor.look(of, visitor.javaScript === 'off' ? {} : { checks: ['layout'] });
    const go = 'form[action="/setup/disk"] button';
    await visitor.open('/');
    await visitor.press('main a[href="/setup/disk"]');
    await visitor.look('adopt');
    visitor.is('the only disk', await page.locator('input[name="disk"]').isChecked(), true);
    await page.locator('input[name="alone"]').check();
    await visitor.fill('code', '00');
    await visitor.press(go, { status: 403 });
    await visitor.sees(/^That is not this home's code/);
    await glance('code-wrong');
    await page.locator('input[name="alone"]').check();
    await visitor.fill('code', code);
    await visitor.press(go);
    await visitor.sees('The box begins.');
    await glance('begins');
    // What the script says is there at the next look, and a disk that cannot be used is no end.
    await visitor.ask({ state: 'adopting' });
    await visitor.press('main a.button[href="/setup/disk"]');
    await visitor.sees(/^The box looks for the home on the disk/);
    await glance('adopting');
    await visitor.ask({ state: 'unusable' });
    await visitor.press('main a.button[href="/setup/disk"]');
    await visitor.sees(/^This box cannot go on with the home on that disk/);
    await visitor.look('unusable');
    await visitor.ask({ disks: '' });
    await visitor.open('/setup/disk');
    await visitor.sees(/^No disk with a home is plugged in/);
    await glance('nothing');
    await visitor.press('main a.button.quiet');
    visitor.is('the way back', visitor.path(), '/setup');
    visitor.is('what is offered without a disk', await page.locator('main a[href="/setup/disk"]').count(), 0);
}
