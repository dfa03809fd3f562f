// Plays one scenario in Debian's Chromium, once for each way of JavaScript that it is told.
//
// tests/support/browser.rs starts it and talks with it by lines of JSON: first comes the task; the scenario may ask for deeds
// meanwhile (`visitor.ask`); the last line that goes back has the faults.

import { createInterface } from 'node:readline';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Visitor } from './visitor.mjs';

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const hear = async () => JSON.parse((await lines.next()).value);

const task = await hear();
mkdirSync(task.pictures, { recursive: true });
const { default: scenario } = await import(`./scenarios/${task.scenario}.mjs`);
const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    // The names of the home lead to this machine, all others to nowhere. Root needs --no-sandbox.
    args: ['--no-sandbox', `--host-resolver-rules=${task.names.map((name) => `MAP ${name} 127.0.0.1,`).join('')}MAP * ~NOTFOUND,EXCLUDE 127.0.0.1`],
});
const faults = [];
const notes = {};
const ask = async (what) => {
    say({ ask: what });
    const answer = await hear();
    if ('failed' in answer) throw new Error(`${JSON.stringify(what)}: ${answer.failed}`);
    return answer.answer;
};
for (const javaScript of task.javaScript) {
    const visitor = await Visitor.arrive(browser, { ...task, javaScript, ask, faults, notes });
    try {
        await scenario(visitor, task.told);
        await visitor.leave();
    } catch (error) {
        await visitor.failed(error);
    }
}
await browser.close();
say({ faults, notes });
process.exit(0);
