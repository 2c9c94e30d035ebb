import { signal } from '@preact/signals';

const place = 'apiary-token';

/** The token of this tab, or nothing. It is gone when the tab is closed. */
export const token = signal(sessionStorage.getItem(place) ?? '');

/** Why the person is asked for a token; nothing while nobody is asked. */
export const tokenWanted = signal('');

let waiting: ((given: boolean) => void)[] = [];

/** Asks the person for a token, unless there is one. Resolves to whether there is one then. */
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

/** The daemon did not take it: the next who needs one asks again. */
export function forgetToken(): void {
  token.value = '';
  sessionStorage.removeItem(place);
}
