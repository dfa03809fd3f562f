// What is not served is said in words, with a way on.

export default async function (visitor, { name, password }) {
    const { page } = visitor;
    await visitor.open('/no/such/page', { status: 404 });
    await visitor.look('not-found');
    await visitor.follow(() => page.locator('main a.button').click());
    visitor.is('where the way on leads', visitor.path(), '/login');
    await visitor.logIn(name, password);
    await visitor.open('/no/such/page', { status: 404 });
    await visitor.look('not-found-inside');
    await visitor.open('/static/..%2f..%2fetc%2fpasswd', { status: 404 });

    // A form whose token is of another time is refused, and nothing happens.
    await visitor.open('/');
    await page.locator('form[action="/logout"] input[name="csrf"]').evaluate((field) => (field.value = 'x'.repeat(43)));
    await visitor.follow(() => page.locator('form[action="/logout"] button').click(), { status: 403 });
    await visitor.look('another-token');
    await visitor.open('/');
    visitor.is('where somebody still is', visitor.path(), '/');
    await visitor.logOut();
}
