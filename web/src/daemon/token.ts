import { signal } from '@preact/signals';

const place = 'apiary-token';

/** The token of this tab, or nothing. Closing the tab forgets it. */
export const token = signal(sessionStorage.getItem(place) ?? '');

/** Why the dialog asks for a token; nothing while it is closed. */
export const tokenWanted = signal('');

/** The daemon requires a token, and the user has not given it. */
export const tokenMissing = signal('');

/** Opens the dialog because the daemon refused a request; once, and again after the user gave a token. */
export function askForToken(reason: string): void {
  if (tokenMissing.value) return;
  tokenMissing.value = reason;
  tokenWanted.value = reason;
}

export function giveToken(given: string): void {
  token.value = given;
  if (given) {
    sessionStorage.setItem(place, given);
    tokenMissing.value = '';
  }
  tokenWanted.value = '';
}

/** The daemon rejected the token: the next request asks again. */
export function forgetToken(): void {
  token.value = '';
  sessionStorage.removeItem(place);
}

/** Settles when a code of the address bar has been exchanged for the token. */
export let tokenTaken: Promise<void> = takeFromAddress();
addEventListener('hashchange', () => {
  tokenTaken = takeFromAddress();
});

/** Takes #token=... (apiary run), or #code=... (apiary web), and removes it from the address bar and history. */
async function takeFromAddress(): Promise<void> {
  const [, name, value = ''] = /^#(token|code)=(.+)$/.exec(location.hash) ?? [];
  if (!name) return;
  history.replaceState(null, '', '#/network');
  if (name === 'token') return giveToken(decodeURIComponent(value));
  forgetToken();
  try {
    const response = await fetch('api/login', { method: 'POST', body: value, cache: 'no-store' });
    const answer = (await response.json()) as { token?: string; error?: string };
    if (answer.token) giveToken(answer.token);
    else askForToken(answer.error ?? 'This URL gives no token.');
  } catch {
    askForToken('The daemon cannot be reached.');
  }
}
