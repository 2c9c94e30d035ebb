// What the page does when somebody does something, or something happens to it. With the mock only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { askDaemon, launch, open, realDaemon, troublesOf } from './browser.mjs';
import { startMock } from './mock.mjs';

const options = { skip: realDaemon && 'needs the mock' };
let browser, daemon;

before(async () => {
  browser = await launch();
  daemon = await startMock({ rate: 20 });
});

after(async () => {
  await browser.close();
  await daemon.close();
});

const inPage = async (hash, work, settings) => {
  const page = await open(browser, daemon.url, hash, settings);
  await work(page);
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
};

/** A mock of a test's own, gone with it however it ends. */
async function mockFor(context, settings) {
  const mock = await startMock(settings);
  context.after(() => mock.close());
  return mock;
}

test('events come in by themselves, and stay when paused', options, () =>
  inPage('#/activity', async (page) => {
    const first = () => page.locator('.event-time').first().textContent();
    await page.waitForSelector('.event-row');
    const before = await first();
    await page.waitForFunction((text) => document.querySelector('.event-time').textContent !== text, before);
    await page.getByRole('button', { name: 'Pause' }).click();
    const held = await first();
    await page.waitForTimeout(1200);
    assert.equal(await first(), held);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.mouse.move(5, 5);
    await page.waitForFunction((text) => document.querySelector('.event-time').textContent !== text, held);
  }),
);

test('a filter shows what passes, and says so in the address bar', options, () =>
  inPage('#/activity', async (page) => {
    await page.getByRole('textbox', { name: 'Port' }).fill('22');
    await page.waitForFunction(
      () => location.hash.includes('port=22') && document.querySelector('.event-host'),
    );
    await page.waitForTimeout(800);
    const ports = await page.locator('.event-host').allTextContents();
    assert.ok(ports.length > 3 && ports.every((text) => text.endsWith(':22')), ports.join(' '));
  }),
);

test('the end of the list brings older events', options, () =>
  inPage('#/activity', async (page) => {
    await page.waitForSelector('.event-row');
    const length = () =>
      page.locator('.event-scroller [role=listitem]').first().getAttribute('aria-setsize').then(Number);
    const before = await length();
    await page.locator('.event-scroller').evaluate((element) => {
      element.scrollTop = element.scrollHeight;
    });
    await page.waitForFunction(
      (least) =>
        Number(document.querySelector('.event-scroller [role=listitem]').getAttribute('aria-setsize')) >
        least,
      before + 100,
    );
  }),
);

test('what strangers said is text, whatever it looks like', options, async () => {
  const { sessions } = await askDaemon(daemon.url, 'sessions');
  const session = sessions.find(({ payloads, end }) => payloads > 5 && end);
  await inPage(`#/sessions/${session.id}`, async (page) => {
    await page.waitForSelector('.transcript .said');
    const text = await page.locator('.transcript').innerText();
    assert.match(text, /<script>alert\("bees"\)<\/script>/);
    assert.match(text, /\\e\[31mroot/);
    assert.equal(await page.locator('main script, main img').count(), 0);
    await page.getByRole('button', { name: 'Hex' }).click();
    assert.match(await page.locator('.transcript').innerText(), /000000 {2}ff fd 01 ff fb 1f/);
  });
});

test('a conversation happens again at the speed that is chosen', options, async () => {
  const { sessions } = await askDaemon(daemon.url, 'sessions');
  const session = sessions.find(({ payloads, end }) => payloads > 5 && end);
  await inPage(`#/sessions/${session.id}`, async (page) => {
    await page.waitForSelector('.transcript .said');
    const said = () => page.locator('.transcript .said').count();
    const all = await said();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.waitForTimeout(300);
    assert.ok((await said()) < all);
    await page.getByLabel('speed').selectOption('16');
    await page.waitForFunction(
      (count) => document.querySelectorAll('.transcript .said').length === count,
      all,
      { timeout: 4000 },
    );
    await page.getByRole('slider').fill('0');
    assert.equal(await said(), 0);
  });
});

test('a host is chosen by the keyboard in the outline, and told about', options, () =>
  inPage('#/network', async (page) => {
    await page.getByRole('button', { name: 'Hosts of 10.1.0.0/24' }).press('Enter');
    await page.getByRole('button', { name: '10.1.0.2 ' }).first().press('Enter');
    await page.waitForSelector('.chosen-details .explanation');
    assert.match(await page.locator('.chosen-details').innerText(), /service "sh scripts\/web.sh"/);
  }),
);

test('a mistake is marked at its line, and a token is asked for once', options, () =>
  inPage('#/configuration', async (page) => {
    const area = page.locator('.editor textarea');
    await area.waitFor();
    const text = await area.inputValue();
    await area.fill(`nonsense here\n${text}`);
    await page.waitForSelector('.editor-line.has-error');
    assert.ok(await page.getByRole('button', { name: 'Apply' }).isDisabled());
    await area.fill(`# a remark\n${text}`);
    await page.waitForFunction(() => !document.querySelector('.editor-line.has-error'));
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('textbox', { name: 'Token' }).fill('secret');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.waitForSelector('.change-result.done');
    await page.getByRole('button', { name: 'Reload the file' }).click();
    await page.getByText('reloaded /etc/apiary/figure5.conf').waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.getItem('apiary-token')), 'secret');
  }),
);

test('a large subnet unfolds to blocks, and a block to its hosts', options, async (context) => {
  const large = await mockFor(context, { rate: 5, hosts: 65536 });
  const page = await open(browser, large.url, '#/network');
  await page.getByRole('button', { name: 'Hosts of 10.3.0.0/16' }).click();
  await page.getByRole('button', { name: '10.3.7.0/24', exact: true }).click();
  await page.getByRole('button', { name: /^10\.3\.7\.9\b/ }).waitFor();
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
});

test('the last of 65,536 hosts is a scroll away', options, async (context) => {
  const large = await mockFor(context, { rate: 5, hosts: 65536 });
  const page = await open(browser, large.url, '#/hosts');
  await page.waitForSelector('a.host-row');
  await page.locator('.host-scroller').evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  const {
    hosts: [last],
  } = await askDaemon(large.url, 'hosts?offset=65535&limit=1');
  await page.getByRole('link', { name: last.address }).waitFor();
  assert.ok((await page.locator('.scroller-row').count()) < 80);
  await page.getByRole('searchbox').fill('10.1.0.0/28');
  await page.getByText('15 hosts').waitFor();
  await page.context().close();
});

test('a lost connection is said, and so is its return', options, async () => {
  let passing = await startMock({ rate: 5 });
  const page = await open(browser, passing.url, '#/activity');
  await page.waitForSelector('.event-row');
  await passing.close();
  await page.getByText('No connection to the daemon since').waitFor();
  passing = await startMock({ rate: 5, port: passing.port });
  await page.getByText('Connected again, after').waitFor({ timeout: 20_000 });
  await page.context().close();
  await passing.close();
});

test('where nothing is, the page says what to do', options, async (context) => {
  const quiet = await mockFor(context, { quiet: true });
  const page = await open(browser, quiet.url, '#/activity');
  await page.getByText('Nobody has spoken to a host yet.').waitFor();
  await page.getByText('ping 10.0.0.2').waitFor();
  await page.goto(`${quiet.url}/#/sessions`);
  await page.getByText('No conversation yet.').waitFor();
  await page.goto(`${quiet.url}/#/network`);
  await page.getByText('Nobody has spoken to a host yet.').waitFor();
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
});

test(
  'a honeynet without routers is drawn as well, and quietly for those who want little motion',
  options,
  async (context) => {
    const flat = await mockFor(context, { flat: true, hosts: 40, rate: 20 });
    const page = await open(browser, flat.url, '#/network', { reducedMotion: 'reduce' });
    await page.getByRole('button', { name: '192.168.1.0/24 40 hosts' }).waitFor();
    await page.waitForTimeout(1500);
    assert.deepEqual(await troublesOf(page), []);
    await page.context().close();
  },
);
