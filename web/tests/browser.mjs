// A browser for the tests, and a daemon: the mock, or a running one (APIARY_URL).
import { chromium } from 'playwright-core';

import { startMock } from './mock.mjs';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const realDaemon = process.env.APIARY_URL?.replace(/\/$/, '');
export const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 360, height: 740 } };

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags });

/** The token of the running daemon, else of the mock. */
export const usualToken = process.env.APIARY_TOKEN ?? 'secret';

/** The running daemon, else a mock. Either has a `url`; close it after use. */
export async function someDaemon(options) {
  return realDaemon ? { url: realDaemon, close: async () => {} } : startMock(options);
}

/** Opens a page at `hash` and collects its errors in `page.troubles`. `token`: what the tab has; empty: none. */
export async function open(
  browser,
  url,
  hash,
  { size = 'desktop', theme = 'dark', token = usualToken, ...options } = {},
) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme: theme, ...options });
  const page = await context.newPage();
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) page.troubles.push(`console: ${message.text()}`);
  });
  await page.addInitScript((given) => {
    if (given) sessionStorage.setItem('apiary-token', given);
    window.refusedByPolicy = [];
    addEventListener('securitypolicyviolation', (event) =>
      window.refusedByPolicy.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  }, token);
  await page.goto(`${url}/${hash}`);
  return page;
}

/** All errors of the browser. */
export async function troublesOf(page) {
  return [...page.troubles, ...(await page.evaluate(() => window.refusedByPolicy))];
}

export const askDaemon = async (url, path) =>
  (await fetch(`${url}/api/${path}`, { headers: { Authorization: `Bearer ${usualToken}` } })).json();
