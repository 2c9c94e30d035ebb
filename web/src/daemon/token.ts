import { signal } from '@preact/signals';

const place = 'apiary-token';

/** The token of this tab, or nothing. Closing the tab forgets it. */
export const token = signal(sessionStorage.getItem(place) ?? '');

/** Why the dialog asks for a token; nothing while it is closed. */
export const tokenWanted = signal('');

let waiting: ((given: boolean) => void)[] = [];

/** Asks for a token unless there is one. Resolves to whether there is one then. */
export function askForToken(reason: string): Promise<boolean> {
  if (token.value) return Promise.resolve(true);
  tokenWanted.value = reason;
  return new Promise((resolve) => waiting.push(resolve));
}

export function giveToken(given: string): void {
  token.value = given;
  if (given) sessionStorage.setItem(place, given);
  tokenWanted.value = '';
  for (const resolve of waiting) resolve(given !== '');
  waiting = [];
}

/** The daemon rejected the token: the next request asks again. */
export function forgetToken(): void {
  token.value = '';
  sessionStorage.removeItem(place);
}
