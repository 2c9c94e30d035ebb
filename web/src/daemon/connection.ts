import { signal } from '@preact/signals';

import { Refusal } from './client';

export interface Connection {
  state: 'connecting' | 'connected' | 'lost';
  /** Since when, in milliseconds since 1970. */
  since: number;
  /** How long the connection had been lost before, in milliseconds; 0: it was not. */
  wasLostFor: number;
}

export const connection = signal<Connection>({ state: 'connecting', since: Date.now(), wasLostFor: 0 });

/** All requests report here whether the daemon responded. */
export function noteAnswer(): void {
  const { state, since } = connection.value;
  if (state === 'connected') return;
  const now = Date.now();
  connection.value = { state: 'connected', since: now, wasLostFor: state === 'lost' ? now - since : 0 };
}

export function noteTrouble(error: unknown): void {
  if (error instanceof Refusal) return noteAnswer();
  if (connection.value.state === 'lost') return;
  connection.value = { state: 'lost', since: Date.now(), wasLostFor: 0 };
}
