// Somebody in front of the home's page: a browser of their own (cookies, window, language, JavaScript or not), who goes about
// the page and notices what is wrong with it.
//
// Whatever is visited: every request goes to the home and is answered, the console stays silent (so the content policy is not
// violated), each document has its protecting headers, no cookie is open to scripts, and no secret stands in an address.
// `look` checks what is shown now: layout at each width, axe in each scheme, keyboard. Pictures of what is wrong lie in
// target/tmp/pictures/SCENARIO; PICTURES=all takes one of everything, at each width, in light and dark.
//
// A scenario is a file in scenarios/ with one function, which plays once without JavaScript and once with it, so it leaves things
// as they were. tests/browser.rs names it (`Scene`) and tells it what it needs:
//
//     export default async function (visitor, { name, password }) {
//         await visitor.open('/login');                        // answered by 200, or say { status: 404 }
//         await visitor.logIn(name, password);
//         await visitor.open('/members/new');
//         await visitor.send({ name: 'lili' }, { status: 200 }); // fields by their id; the form is sent by Enter
//         await visitor.press('form[action="/members/next"] button'); // what leads to another page
//         await visitor.sees(/^Lili has a mailbox/);
//         await visitor.look('member-added');
//         visitor.is('where that leads', visitor.path(), '/members');
//         await visitor.ask({ letter: 'from ben' });           // a deed of the Rust side: Scene::play_with
//     }
//
// Who is `byKeyboard` gets to every field and button by the Tab key. `visitor.page` is Playwright's page. Another person, or
// another home, is `await visitor.another({ … })`: cookies do not tell ports of one host apart.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cookieFaults, headerFaults } from './headers.mjs';
import { ground, layout, marks, unreached } from './layout.mjs';

/// Telephone, tablet, desk.
export const WIDTHS = [390, 820, 1440];
export const SCHEMES = ['light', 'dark'];
const HEIGHT = 900;
/// What a look at a page takes in.
export const CHECKS = ['layout', 'schemes', 'axe', 'keyboard'];
/// So many faults of one look are told.
const ENOUGH = 12;
/// How long anything may take on a machine that has other things to do.
const PATIENCE = 30_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/// Telephone and desk: a tablet has one of their layouts.
const AXE_WIDTHS = [WIDTHS[0], WIDTHS[2]];
/// What axe looks for, and the one rule that the colours matter to.
const ALL = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
const COLOURS = { type: 'rule', values: ['color-contrast'] };

export class Visitor {
    /// `of`: origin, javaScript ("on" or "off"), language, width, density (of the screen's dots), scheme, byKeyboard, program (what
    /// the browser says it is, if not Chromium on a desk); pictures (a folder), secrets, ask, faults, notes.
    static async arrive(browser, of) {
        const visitor = new Visitor();
        Object.assign(visitor, { width: 1440, density: 1, scheme: 'light', language: 'en-GB', secrets: [] }, of);
        visitor.browser = browser;
        visitor.context = await browser.newContext({
            baseURL: visitor.origin,
            javaScriptEnabled: visitor.javaScript === 'on',
            viewport: { width: visitor.width, height: HEIGHT },
            deviceScaleFactor: visitor.density,
            colorScheme: visitor.scheme,
            locale: visitor.language,
            userAgent: visitor.program,
            reducedMotion: 'reduce',
        });
        visitor.context.setDefaultTimeout(PATIENCE);
        visitor.pending = [];
        visitor.said = [];
        visitor.traffic = [];
        visitor.meant = new Set();
        visitor.screens = [];
        visitor.page = await visitor.context.newPage();
        visitor.#watch();
        return visitor;
    }

    /// Another person with a browser of their own; what differs is given.
    another(differs = {}) {
        const { origin, javaScript, language, width, scheme, pictures, secrets, ask, faults, notes, scenario } = this;
        const same = { origin, javaScript, language, width, scheme, pictures, secrets, ask, faults, notes, scenario };
        return Visitor.arrive(this.browser, { ...same, ...differs });
    }

    /// Something is wrong, and the visit goes on. The same is said once.
    fault(what) {
        const fault = `${this.scenario}, JavaScript ${this.javaScript}: ${what}`;
        if (!this.faults.includes(fault)) this.faults.push(fault);
    }

    /// A step of the scenario failed: the visit cannot go on.
    async failed(error) {
        this.fault(`at ${this.page.url()}: ${error.stack.replace(/\x1b\[\d+m/g, '')}`);
        await this.page.screenshot({ path: this.#picture('failed'), fullPage: true }).catch(() => {});
        await this.context.close();
    }

    #picture(name) {
        return join(this.pictures, `${name}-js-${this.javaScript}.png`);
    }

    #watch() {
        const { hostname } = new URL(this.origin);
        this.context.on('request', (request) => {
            const url = new URL(request.url());
            if (!['data:', 'blob:'].includes(url.protocol) && url.hostname !== hostname) this.fault(`a request goes to ${url}`);
            for (const secret of this.secrets) {
                if (request.url().includes(encodeURIComponent(secret)) || request.url().includes(secret)) {
                    this.fault(`a secret stands in the address ${url}`);
                }
            }
        });
        this.context.on('response', (response) => this.pending.push(this.#judge(response)));
        this.context.on('requestfinished', (request) => this.pending.push(this.#count(request)));
        this.context.on('requestfailed', (request) => {
            // A page that is left gives up what it still waits for.
            const why = request.failure()?.errorText;
            if (why !== 'net::ERR_ABORTED' && !this.meant.has(request.url())) this.fault(`${request.url()}: ${why}`);
        });
        this.context.on('console', (message) => this.said.push(message));
        this.context.on('weberror', (error) => this.fault(`a script failed: ${error.error().stack}`));
        this.context.on('dialog', (dialog) => {
            this.fault(`a dialog of a script: ${dialog.message()}`);
            return dialog.dismiss();
        });
    }

    async #judge(response) {
        const request = response.request();
        const url = response.url();
        const document = request.isNavigationRequest();
        // What comes over http is open to others anyway.
        if (url.startsWith('http:')) this.wasPlain = true;
        if (document && response.status() === this.expected && this.expected >= 400) this.meant.add(url);
        if (document && !(response.status() >= 300 && response.status() < 400)) {
            this.arrived = response.status();
            this.screens.push(new URL(url).pathname);
        }
        if (response.status() >= 400 && !this.meant.has(url)) this.fault(`${request.method()} ${url} was answered ${response.status()}`);
        // A page that is left meanwhile takes what the network knows of it along.
        const headers = { ...response.headers(), ...(await response.allHeaders().catch(() => ({}))) };
        for (const what of headerFaults(headers, document)) this.fault(`${url}: ${what}`);
    }

    async #count(request) {
        const sizes = await request.sizes().catch(() => undefined);
        if (sizes) this.traffic.push({ url: request.url(), bytes: sizes.responseBodySize + sizes.responseHeadersSize });
    }

    /// Waits until everything that was noticed is judged.
    async settle() {
        while (this.pending.length) await Promise.all(this.pending.splice(0));
        for (const message of this.said.splice(0)) {
            // An answer that says no is an error for the console, too.
            const meant = this.meant.has(message.location().url);
            if (['error', 'warning'].includes(message.type()) && !meant) this.fault(`the console says at ${message.location().url}: ${message.text()}`);
        }
    }

    /// Goes to `path`, which is answered by `status`, maybe after being sent on.
    open(path, { status = 200 } = {}) {
        return this.#arriveBy(() => this.page.goto(new URL(path, this.origin).href, { waitUntil: 'load' }), path, status);
    }

    /// Does something that leads to another document (a click on a link, a form sent), which is answered by `status`.
    follow(deed, { status = 200 } = {}) {
        const from = this.page.url();
        return this.#arriveBy(() => Promise.all([this.page.waitForEvent('load'), deed()]), `what followed on ${from}`, status);
    }

    async #arriveBy(deed, what, status) {
        this.expected = status;
        this.arrived = undefined;
        await deed();
        await this.settle();
        if (this.arrived !== status) this.fault(`${what} was answered ${this.arrived} instead of ${status}`);
    }

    /// Puts the focus on the control that `selector` (of CSS) finds, by the Tab key alone.
    async tabTo(selector) {
        for (let i = 0; i < ENOUGH * 10; i++) {
            if (await this.page.evaluate((wanted) => Boolean(document.activeElement?.matches(wanted)), selector)) return;
            await this.page.keyboard.press('Tab');
        }
        throw new Error(`Tab does not reach ${selector}`);
    }

    /// Writes into a field (by its id).
    async fill(id, value) {
        if (!this.byKeyboard) return this.page.locator(`#${id}`).fill(value);
        await this.tabTo(`#${id}`);
        await this.page.keyboard.press('Control+A');
        await this.page.keyboard.type(value);
    }

    /// Presses a link or a button, which leads to another document.
    async press(selector, { status } = {}) {
        if (!this.byKeyboard) return this.follow(() => this.page.locator(selector).click(), { status });
        await this.tabTo(selector);
        await this.follow(() => this.page.keyboard.press('Enter'), { status });
    }

    /// Fills in fields (by their id) and sends their form.
    async send(fields, { status } = {}) {
        for (const [id, value] of Object.entries(fields)) await this.fill(id, value);
        await this.follow(() => this.page.locator(`#${Object.keys(fields).at(-1)}`).press('Enter'), { status });
    }

    /// Logs in as somebody of this home.
    async logIn(name, password, { status } = {}) {
        if (this.path() !== '/login') await this.open('/login');
        await this.send({ name, password }, { status });
    }

    /// Logs out on this device.
    logOut() {
        return this.follow(() => this.page.locator('form[action="/logout"] button').click());
    }

    /// Where the visitor is.
    path() {
        return new URL(this.page.url()).pathname;
    }

    /// `text` (or a pattern) is to be seen, at once or soon.
    async sees(text) {
        await this.page.getByText(text).filter({ visible: true }).first().waitFor();
    }

    /// `got` is `wanted`.
    is(what, got, wanted) {
        const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
        if (a !== b) this.fault(`${what} is ${a} and not ${b}`);
    }

    /// Checks what is shown now, whatever led here, and takes pictures of what is wrong; with PICTURES=all of everything, as
    /// `name`. Who looks at the same page once more (in another language, say) names what to check.
    async look(name, { checks = CHECKS, widths = WIDTHS } = {}) {
        await this.settle();
        const does = (check) => checks.includes(check);
        const every = process.env.PICTURES === 'all';
        const faults = [];
        const grounds = {};
        for (const scheme of SCHEMES) {
            const [first, dark] = [scheme === SCHEMES[0], scheme !== SCHEMES[0]];
            // Where things stand does not depend on the colours, nor the colours on the width.
            const here = dark && !every ? widths.filter((width) => does('axe') && AXE_WIDTHS.includes(width)) : widths;
            if (dark && !every && !does('schemes') && !here.length) continue;
            await this.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
            grounds[scheme] = await this.page.evaluate(ground);
            for (const width of here) {
                await this.page.setViewportSize({ width, height: HEIGHT });
                const found = [];
                if (first && does('layout')) found.push(...(await this.page.evaluate(layout)));
                if (does('axe') && AXE_WIDTHS.includes(width)) found.push(...(await this.axe(dark ? COLOURS : ALL)));
                if (first && does('keyboard') && width === WIDTHS[2]) found.push(...(await this.walk()));
                if (found.length || every) await this.page.screenshot({ path: this.#picture(`${name}-${width}-${scheme}`), fullPage: true });
                faults.push(...found.map((what) => `${what} [${width} wide, ${scheme}]`));
            }
        }
        if (does('schemes') && grounds.light === grounds.dark) faults.push(`the ground is ${grounds.light} in light and in dark`);
        faults.push(...cookieFaults(await this.context.cookies(), this.origin, this.wasPlain));
        for (const what of faults.slice(0, ENOUGH)) this.fault(`${name}: ${what}`);
        if (faults.length > ENOUGH) this.fault(`${name}: and ${faults.length - ENOUGH} more`);
        await this.page.setViewportSize({ width: this.width, height: HEIGHT });
        await this.page.emulateMedia({ colorScheme: this.scheme, reducedMotion: 'reduce' });
    }

    /// What axe finds by these rules. It is evaluated by the debugger, so that the content policy stays as it is. It needs timers, so
    /// where there is no JavaScript it is let in for this moment; the page's own scripts are not loaded by that.
    async axe(runOnly) {
        if (this.javaScript === 'off') {
            this.debugger ??= await this.context.newCDPSession(this.page);
            // "Enabled" counts only after this session has said "disabled" itself.
            await this.debugger.send('Emulation.setScriptExecutionDisabled', { value: true });
            await this.debugger.send('Emulation.setScriptExecutionDisabled', { value: false });
        }
        // Once for each page.
        if (await this.page.evaluate('typeof axe') === 'undefined') await this.page.evaluate(AXE);
        const found = await this.page.evaluate(
            `axe.run(document, ${JSON.stringify({ runOnly, resultTypes: ['violations'] })}).then(({ violations }) => violations)`,
        );
        await this.debugger?.send('Emulation.setScriptExecutionDisabled', { value: true });
        return found.flatMap(({ id, help, nodes }) =>
            nodes.map(({ html, failureSummary }) => `axe ${id} (${help}): ${html.slice(0, 300)} ${failureSummary}`),
        );
    }

    /// Goes through the page by the Tab key alone: every control is reached, seen when it is, and left again.
    async walk() {
        const faults = [];
        const count = await this.page.evaluate(marks);
        const reached = [];
        for (let i = 0; i < count + 2; i++) {
            await this.page.keyboard.press('Tab');
            const at = await this.page.evaluate('window.walked()');
            if (at === null) continue;
            if (at.number !== undefined && at.number === reached.at(-1) && count > 1) {
                faults.push(`Tab does not leave ${at.what}`);
                break;
            }
            if (at.fault) faults.push(at.fault);
            if (at.number !== undefined) reached.push(at.number);
        }
        const rest = await this.page.evaluate(unreached, reached);
        return [...faults, ...rest];
    }

    /// How many bytes came over the line for `path` in a browser that has never been here.
    async weigh(path) {
        const fresh = await this.another();
        await fresh.open(path);
        await fresh.settle();
        const bytes = fresh.traffic.reduce((sum, part) => sum + part.bytes, 0);
        await fresh.leave();
        return bytes;
    }

    /// Ends the visit.
    async leave() {
        await this.settle();
        await this.context.close();
    }
}
