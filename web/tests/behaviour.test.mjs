// How the dashboard reacts to users and to the daemon. With the mock only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { askDaemon, launch, open, realDaemon, troublesOf } from './browser.mjs';
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

const inPage = async (hash, work, settings) => {
  const page = await open(browser, daemon.url, hash, settings);
  await work(page);
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
};

test('events arrive live, and stay when paused', options, () =>
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

test('a filter shows matching events, and appears in the address bar', options, () =>
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

test('data from visitors is text, whatever it looks like', options, async () => {
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

test('a conversation replays at the chosen speed', options, async () => {
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

test('the keyboard selects a host in the outline and shows its details', options, () =>
  inPage('#/network', async (page) => {
    await page.getByRole('button', { name: 'Hosts of 10.1.0.0/24' }).press('Enter');
    await page.getByRole('button', { name: '10.1.0.2 ' }).first().press('Enter');
    await page.waitForSelector('.chosen-details .explanation');
    assert.match(await page.locator('.chosen-details').innerText(), /service "sh scripts\/web.sh"/);
  }),
);

test('an error is marked at its line, and a change is made with the token', options, () =>
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
    await page.waitForSelector('.change-result.done');
    await page.getByRole('button', { name: 'Reload the file' }).click();
    await page.getByText('reloaded /etc/apiary/figure5.conf').waitFor();
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

test('a lost connection is shown, and so is its return', options, async () => {
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

test('earlier events are listed without new events', options, async (context) => {
  const silent = await mockFor(context, { rate: 0, silent: true });
  const page = await open(browser, silent.url, '#/activity');
  await page.waitForSelector('.event-row', { timeout: 5000 });
  await page.context().close();
});

test('while it loads, the dashboard does not claim that lists are empty', options, async (context) => {
  const sluggish = await mockFor(context, { rate: 20, sluggish: 1500 });
  const page = await open(browser, sluggish.url, '#/activity');
  await page.waitForSelector('.tops');
  const early = await page.locator('main').innerText();
  assert.doesNotMatch(early, /No visitors|No login|yet\./);
  assert.match(early, /Loading/);
  await page.waitForSelector('.event-row');
  await page.goto(`${sluggish.url}/#/network`);
  await page.locator('.visitor-list .address').first().waitFor();
  await page.context().close();
});

test('a list is saved as a file, with its filters', options, () =>
  inPage('#/activity?kind=credential', async (page) => {
    await page.waitForSelector('.event-row');
    const save = async (format, what) => {
      const saved = page.waitForEvent('download');
      await page.getByRole('button', { name: `Export these ${what} as ${format}` }).click();
      const file = await saved;
      const parts = [];
      for await (const part of await file.createReadStream()) parts.push(part);
      return [file.suggestedFilename(), Buffer.concat(parts).toString()];
    };
    const [name, text] = await save('JSON', 'events');
    assert.equal(name, 'apiary-events-20261125T051400Z.json');
    const { events } = JSON.parse(text);
    assert.ok(events.length > 0 && events.every(({ event }) => event.action === 'credential'));
    await page.goto(`${daemon.url}/#/sessions`);
    await page.getByRole('checkbox').check();
    await page.waitForTimeout(600);
    const [, sessions] = await save('JSON', 'sessions');
    assert.ok(JSON.parse(sessions).sessions.every(({ credentials }) => credentials > 0));
    await page.goto(`${daemon.url}/#/hosts?query=10.1.0.0/24`);
    await page.waitForSelector('a.host-row');
    const [csvName, csv] = await save('CSV', 'hosts');
    assert.match(csvName, /^apiary-hosts-.*\.csv$/);
    assert.ok(csv.trim().split('\r\n').slice(1).every((address) => address.startsWith('10.1.0.')));
  }),
);

test('times are in the shown zone, or in UTC if chosen', options, async () => {
  const page = await open(browser, daemon.url, '#/activity?kind=daemon', { timezoneId: 'Asia/Kolkata' });
  await page.waitForSelector('.event-row');
  const [started] = (await askDaemon(daemon.url, 'events?kind=daemon')).events;
  const shown = () => page.locator('.event-time').first().textContent();
  const utc = started['@timestamp'].slice(11, 23);
  assert.notEqual(await shown(), utc);
  await page.getByRole('button', { name: /^Times are in Asia\/(Kolkata|Calcutta), UTC\+05:30/ }).click();
  await page.waitForFunction((text) => document.querySelector('.event-time').textContent === text, utc);
  assert.match(await page.locator('.title-line').innerText(), /UTC/);
  await page.reload();
  await page.waitForSelector('.event-row');
  assert.equal(await shown(), utc);
  await page.context().close();
});

test('a host shows its last contact and the visitor', options, () =>
  inPage('#/hosts', async (page) => {
    await page.getByRole('checkbox', { name: 'contacted, last first' }).check();
    await page.waitForFunction(() => location.hash.includes('order=contact'));
    await page.waitForSelector('a.host-row .number');
    const { hosts } = await askDaemon(daemon.url, 'hosts?order=contact&limit=1');
    assert.match(hosts[0].last_source, /^\d+\.\d+/);
    const row = await page.locator('a.host-row').first().innerText();
    assert.match(row, /\d\d:\d\d:\d\d\s+\d+\.\d+\.\d+\.\d+\s+\d/);
  }),
);

test('the map keeps visitors of an hour, and a slider goes back in it', options, async (context) => {
  const past = await mockFor(context, { rate: 20 });
  const page = await open(browser, past.url, '#/network');
  await page.locator('.visitor-list .address').first().waitFor();
  const total = async () =>
    Number(/([\d,]+) in the last hour/.exec(await page.locator('.visitor-list').innerText())[1].replace(',', ''));
  const now = await total();
  assert.ok(now > 20, `${now} visitors`);
  await page.getByRole('slider', { name: 'Time' }).fill('-9');
  await page.getByText(/^until \d\d:\d\d /).waitFor();
  const before = await total();
  assert.ok(before > 0 && before < now, `${before} of ${now}`);
  await page.getByRole('slider', { name: 'Time' }).fill('-59');
  await page.getByText('No visitors until then.').waitFor();
  await page.getByRole('button', { name: 'Now', exact: true }).click();
  await page.locator('.visitor-list .address').first().waitFor();
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
});

test('a replay shows bytes before events derived from them', options, async (context) => {
  const mixed = await mockFor(context, { rate: 20, shuffled: true });
  const { sessions } = await askDaemon(mixed.url, 'sessions?credentials=1');
  const page = await open(browser, mixed.url, `#/sessions/${sessions.find(({ end }) => end).id}`);
  await page.waitForSelector('.transcript .said');
  const texts = await page.locator('.transcript > li').allInnerTexts();
  const said = texts.findIndex((text) => text.includes('letmein'));
  const tried = texts.findIndex((text) => text.includes('tried user'));
  assert.ok(said >= 0 && said < tried, texts.join('\n'));
  assert.match(texts[0], /connected/);
  assert.match(texts.at(-1), /over/);
  await page.context().close();
});

test('the counts of conversations are of one kind', options, () =>
  inPage('#/network', async (page) => {
    await page.locator('.figure-open').waitFor();
    await page.waitForFunction(() => /\d open/.test(document.querySelector('.figure-open').innerText));
    const { open_flows: open } = await askDaemon(daemon.url, 'activity');
    const { sessions } = await askDaemon(daemon.url, 'sessions?limit=1000');
    assert.equal(open, sessions.filter(({ end }) => end === null).length);
    const shown = Number(/\d+/.exec(await page.locator('.figure-open').innerText()));
    assert.ok(Math.abs(shown - open) < 15, `${shown} in the header, ${open} in the list`);
    await page.locator('.state-glance').click();
    assert.match(await page.locator('.state-in-full').innerText(), /conversations\s+\d+ open/);
  }),
);

test('empty lists explain what to do', options, async (context) => {
  const quiet = await mockFor(context, { quiet: true });
  const page = await open(browser, quiet.url, '#/activity');
  await page.getByText('No host has been contacted yet.').waitFor();
  await page.getByText('ping 10.0.0.2').waitFor();
  await page.goto(`${quiet.url}/#/sessions`);
  await page.getByText('No conversation yet.').waitFor();
  await page.goto(`${quiet.url}/#/network`);
  await page.getByText('No host has been contacted yet.').waitFor();
  assert.deepEqual(await troublesOf(page), []);
  await page.context().close();
});

test(
  'a honeynet without routers is drawn, and without animation for reduced motion',
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
