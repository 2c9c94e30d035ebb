// Every view in both themes, on a desktop and a phone: it loads, fits, and has no errors.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { AxeBuilder } from '@axe-core/playwright';

import { askDaemon, launch, open, realDaemon, someDaemon, troublesOf } from './browser.mjs';

const all = [
  ['dark', 'desktop'],
  ['light', 'phone'],
  ['light', 'desktop'],
  ['dark', 'phone'],
];
const combinations = realDaemon ? all.slice(0, 1) : all; // in the lab, one combination saves time

let browser, daemon;
const views = [];

before(async () => {
  browser = await launch();
  daemon = await someDaemon({ rate: 10 });
  const { sources } = await askDaemon(daemon.url, 'activity');
  const { sessions } = await askDaemon(daemon.url, 'sessions?limit=200');
  const { hosts } = await askDaemon(daemon.url, 'hosts?limit=2');
  const session = sessions.find(({ payloads }) => payloads > 2) ?? sessions[0];
  views.push(
    ['network', '#/network', 'main canvas'],
    ['activity', '#/activity', '.event-list'],
    ['sessions', '#/sessions', '.session-list'],
    ['hosts', '#/hosts', 'a.host-row'],
    ['audit', '#/audit', '.audit td'],
    ['configuration', '#/configuration', '.editor textarea'],
  );
  if (sources[0]) views.push(['a source', `#/activity/source/${sources[0].address}`, '.time-line']);
  if (session) views.push(['a session', `#/sessions/${session.id}`, '.transcript li']);
  if (hosts[0]) views.push(['a host', `#/hosts/${hosts[0].address}`, '.explanation']);
});

after(async () => {
  await browser.close();
  await daemon.close();
});

for (const [theme, size] of combinations) {
    test(`no view has serious accessibility problems: ${theme}, ${size}`, async () => {
      for (const [name, hash, landmark] of views) {
        const page = await open(browser, daemon.url, hash, { theme, size });
        await page.waitForSelector(landmark);
        await page.waitForTimeout(600);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
        assert.deepEqual(
          serious.map(({ id, nodes }) => `${id}: ${nodes[0].html}; ${nodes[0].failureSummary}`),
          [],
          `axe on ${name}`,
        );
        assert.deepEqual(await troublesOf(page), [], `the browser on ${name}`);
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(excess <= 0, `${name} is ${excess} px too wide`);
        await page.context().close();
      }
    });
}
