import { signal } from '@preact/signals';

export type ViewName = 'network' | 'activity' | 'sessions' | 'hosts' | 'audit' | 'configuration';

export const viewNames: ViewName[] = ['network', 'activity', 'sessions', 'hosts', 'audit', 'configuration'];

/** The route in the address bar: #/activity/source/192.0.2.7, #/hosts?query=netbsd. */
export interface Route {
  view: ViewName;
  rest: string[];
  parameters: URLSearchParams;
}

function read(): Route {
  const [path = '', parameters = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [name, ...rest] = path.split('/').map(decoded);
  const view = viewNames.find((known) => known === name) ?? 'network';
  return { view, rest: rest.filter(Boolean), parameters: new URLSearchParams(parameters) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const route = signal(read());
addEventListener('hashchange', () => {
  route.value = read();
});

/** Changes the parameters in the address bar without a new history entry. */
export function replaceParameters(parameters: URLSearchParams): void {
  const path = location.hash.split('?', 1)[0] || '#/network';
  history.replaceState(null, '', parameters.size > 0 ? `${path}?${parameters}` : path);
  route.value = read();
}

export const sourcePage = (address: string) => `#/activity/source/${encodeURIComponent(address)}`;
export const hostPage = (address: string) => `#/hosts/${encodeURIComponent(address)}`;
export const sessionPage = (flow: string) => `#/sessions/${encodeURIComponent(flow)}`;
