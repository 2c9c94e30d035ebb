// The dashboard of a daemon in the lab during a real scan. With a running daemon only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { askDaemon, launch, open, realDaemon, troublesOf } from './browser.mjs';

const options = { skip: !realDaemon && 'needs a daemon: APIARY_URL' };
const picture = process.env.APIARY_PICTURE;
let browser;

before(async () => {
  browser = await launch();
});
after(() => browser.close());

const inPage = async (hash, work, settings) => {
  const page = await open(browser, realDaemon, hash, settings);
  await work(page);
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
};

test('the map has the routers, and the scan arrives', options, () =>
  inPage(
    '#/network',
    async (page) => {
      await page.waitForFunction(() => document.querySelector('main').innerText.includes('10.1.0.1'));
      await page.waitForFunction(() => document.querySelector('main').innerText.includes('192.0.2.2'));
      if (picture) {
        await page.waitForTimeout(2500);
        await page.screenshot({ path: picture });
      }
    },
    { theme: 'light' },
  ),
);

test('events arrive live', options, () =>
  inPage('#/activity', async (page) => {
    const first = () => page.locator('.event-time').first().textContent();
    await page.waitForSelector('.event-row');
    const before = await first();
    await page.waitForFunction((text) => document.querySelector('.event-time').textContent !== text, before);
  }),
);

test('a login attempt is shown literally', options, async () => {
  const { sessions } = await askDaemon(realDaemon, 'sessions');
  const session = sessions.find(({ host_port, credentials }) => host_port === 23 && credentials > 0);
  await inPage(`#/sessions/${session.id}`, async (page) => {
    await page.waitForSelector('.transcript .said');
    assert.match(await page.locator('.transcript').innerText(), /<script>/);
  });
});

test('a host shows what it is and its visitors', options, () =>
  inPage('#/hosts/10.1.0.2', async (page) => {
    await page.waitForSelector('.explanation');
    const text = await page.locator('main').innerText();
    assert.match(text, /NetBSD/);
    assert.match(text, /scripts\/web\.sh/);
    await page.waitForFunction(() => document.querySelector('main').innerText.includes('192.0.2.2'));
  }),
);

test('visitors of the hour are listed, and a list can be saved', options, () =>
  inPage('#/network', async (page) => {
    await page.locator('.visitor-list .address', { hasText: '192.0.2.2' }).waitFor();
    await page.goto(`${realDaemon}/#/activity?kind=credential`);
    await page.waitForSelector('.event-row');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export these events as CSV' }).click();
    const parts = [];
    for await (const part of await (await saved).createReadStream()) parts.push(part);
    const text = Buffer.concat(parts).toString();
    assert.match(text, /^time,id,kind,source,/);
    assert.match(text, /,credential,192\.0\.2\.2,\d+,10\.0\.0\.1,23,tcp,admin,<script>,/);
  }),
);

test('the list of hosts shows the last visitor', options, () =>
  inPage('#/hosts?order=contact', async (page) => {
    await page.waitForSelector('a.host-row .number');
    assert.match(await page.locator('a.host-row').first().innerText(), /192\.0\.2\.2/);
  }),
);

test('no frame takes long while a scan arrives', options, () =>
  inPage('#/network', async (page) => {
    await page.waitForTimeout(1000);
    const longest = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let [last, most] = [performance.now(), 0];
          const end = last + 5000;
          const onFrame = (now) => {
            most = Math.max(most, now - last);
            last = now;
            if (now < end) requestAnimationFrame(onFrame);
            else resolve(most);
          };
          requestAnimationFrame(onFrame);
        }),
    );
    console.log(`the longest frame took ${longest.toFixed(1)} ms`);
  }),
);
