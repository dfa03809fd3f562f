// A member changes the password, and ends logins on other devices; the administrator sees everybody's.

export default async function (visitor, { name, password, other }) {
    const { page } = visitor;
    const mine = '/me/security';
    const change = (old, fresh, again, status) => visitor.send({ old, new: fresh, again }, { status });
    const fresh = `${password}-again`;

    const telephone = await visitor.another({ width: 390 });
    await telephone.open('/login');
    await telephone.logIn(name, password);
    await visitor.open('/login');
    await visitor.logIn(name, password);

    await visitor.open(mine);
    await visitor.look('security');
    await change('secret-wrong', fresh, fresh, 403);
    await visitor.sees('That is not your password until now.');
    await visitor.look('old-password-wrong');
    await change(password, fresh, `${fresh}!`, 422);
    await visitor.sees(/^The two new passwords are not the same/);
    visitor.is('how many passwords the page gives back', await page.locator('input[type=password]').evaluateAll((all) => all.filter((field) => field.value).length), 0);

    // With the old password every other login ends.
    await change(password, fresh, fresh);
    await visitor.sees(/^Your password is changed/);
    await visitor.look('password-changed');
    await telephone.open(mine);
    visitor.is('where the telephone is after the change', telephone.path(), '/login');
    await telephone.logIn(name, password, { status: 403 });
    await telephone.logIn(name, fresh);

    // One login ends, then all.
    await visitor.open(mine);
    await visitor.follow(() => page.locator('form[action$="/end"] button').first().click());
    await visitor.sees('It is logged out.');
    await telephone.open(mine);
    visitor.is('where the telephone is when it was logged out', telephone.path(), '/login');
    await telephone.logIn(name, fresh);
    await visitor.open(mine);
    await visitor.follow(() => page.locator('form[action$="/end-all"] button').click());
    await visitor.sees(/^Everything is logged out/);
    await telephone.open(mine);
    visitor.is('where the telephone is when all are logged out', telephone.path(), '/login');

    // For the administrator alone: who is logged in, and who tried.
    await telephone.logIn(other.name, other.password);
    await telephone.open('/admin/security', { status: 403 });
    await telephone.leave();
    await visitor.logIn(name, fresh);
    await visitor.open('/admin/security');
    await visitor.look('everybodys-security');
    for (const who of [name, other.name]) await visitor.sees(who);
    await visitor.sees('127.0.0.1');

    await visitor.open(mine);
    await change(fresh, password, password);
    await visitor.logOut();
}
