// How the dashboard gets and keeps the token. With the mock only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { launch, open, realDaemon, troublesOf } from './browser.mjs';
import { mockFor, startMock } from './mock.mjs';

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

const storedToken = (page) => page.evaluate(() => sessionStorage.getItem('apiary-token'));
/** A browser reports each refused request on its console. */
const otherTroubles = async (page) =>
  (await troublesOf(page)).filter((text) => !/status of 40[13]/.test(text));

test('the token is requested once', options, async () => {
  const page = await open(browser, daemon.url, '#/activity', { token: '' });
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.waitForTimeout(5000);
  assert.ok(!(await page.locator('dialog[open]').count()), 'further refusals do not ask');
  await page.getByRole('button', { name: 'Enter the token' }).click();
  await page.getByRole('textbox', { name: 'Token' }).fill('secret');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForSelector('.event-row');
  assert.equal(await page.getByRole('button', { name: 'Enter the token' }).count(), 0);
  assert.equal(await storedToken(page), 'secret');
  await page.reload();
  await page.waitForSelector('.event-row');
  assert.deepEqual(await otherTroubles(page), []);
  await page.context().close();
});

test('a wrong token is asked for again', options, async () => {
  const page = await open(browser, daemon.url, '#/activity', { token: '' });
  await page.getByRole('textbox', { name: 'Token' }).fill('wrong');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForSelector('dialog[open]');
  await page.getByRole('textbox', { name: 'Token' }).fill('secret');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.waitForSelector('.event-row');
  await page.context().close();
});

test('a URL may carry the token, which leaves the address bar', options, async () => {
  const page = await open(browser, daemon.url, '#token=secret', { token: '' });
  await page.waitForSelector('main canvas');
  assert.equal(await storedToken(page), 'secret');
  assert.ok(!page.url().includes('secret'));
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
});

test('a code of apiary web gives the token once', options, async (context) => {
  const mock = await mockFor(context, { code: 'once' });
  const first = await open(browser, mock.url, '#code=once', { token: '' });
  await first.waitForSelector('main canvas');
  assert.equal(await storedToken(first), 'secret');
  assert.ok(!first.url().includes('once'));
  assert.deepEqual(await troublesOf(first), []);
  const second = await open(browser, mock.url, '#code=once', { token: '' });
  await second.getByText('this URL has been used already').waitFor();
  assert.equal(await storedToken(second), null);
  await Promise.all([first.context().close(), second.context().close()]);
});

test('at a socket that needs no token, none is asked for', options, async (context) => {
  const mock = await mockFor(context, { open: true });
  const page = await open(browser, mock.url, '#/activity', { token: '' });
  await page.waitForSelector('.event-row');
  await page.waitForTimeout(1500);
  assert.equal(await page.locator('dialog[open]').count(), 0);
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
});
