// What an answer says besides its page.

/// Directives that must be there, each with what it may be.
const POLICY = {
    'default-src': ["'none'", "'self'"],
    'frame-ancestors': ["'none'"],
    'form-action': ["'self'", "'none'"],
    'base-uri': ["'none'", "'self'"],
};
/// What no directive may let in.
const OPEN = /^('unsafe-.*|\*|https?:.*|wss?:.*|data:|blob:)$/;

/// What is wrong with the headers of an answer.
export function headerFaults(headers, isDocument) {
    const faults = [];
    if (headers['x-content-type-options'] !== 'nosniff') faults.push('no X-Content-Type-Options: nosniff');
    if (!isDocument || (headers.location && !headers['content-type'])) return faults;
    // The last one that a browser knows counts. "same-origin" tells no other site anything either.
    const referrer = (headers['referrer-policy'] ?? '').split(',').at(-1).trim();
    if (!['no-referrer', 'same-origin'].includes(referrer)) faults.push(`Referrer-Policy is ${referrer}`);
    const policy = headers['content-security-policy'];
    if (!policy) return [...faults, 'no Content-Security-Policy'];
    const directives = new Map(
        policy.split(';').map((part) => part.trim().split(/\s+/)).map(([name, ...sources]) => [name.toLowerCase(), sources]),
    );
    for (const [name, allowed] of Object.entries(POLICY)) {
        const is = directives.get(name);
        if (is?.length !== 1 || !allowed.includes(is[0])) faults.push(`Content-Security-Policy ${name} is ${is}`);
    }
    for (const [name, sources] of directives) {
        // Pictures may be made by the page itself.
        const open = sources.filter((source) => OPEN.test(source) && !(name === 'img-src' && source === 'data:'));
        if (open.length) faults.push(`Content-Security-Policy ${name} lets in ${open}`);
    }
    return faults;
}

/// What is wrong with cookies that the home has set. A browser that was on the page over http, too, has cookies of there.
export function cookieFaults(cookies, origin, wasPlain) {
    const secure = origin.startsWith('https:') && !wasPlain;
    return cookies.flatMap(({ name, httpOnly, sameSite, secure: isSecure }) => [
        ...(httpOnly ? [] : [`the cookie ${name} is open to scripts`]),
        ...(sameSite === 'Strict' ? [] : [`the cookie ${name} has SameSite=${sameSite}`]),
        ...(isSecure || !secure ? [] : [`the cookie ${name} goes over http too`]),
    ]);
}
