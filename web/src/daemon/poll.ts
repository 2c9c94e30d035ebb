import { type Signal, effect, signal } from '@preact/signals';

import { ask } from './client';
import { noteAnswer, noteTrouble } from './connection';
import type { Activity, Status } from './interface';
import { token } from './token';

const hiddenSlowdown = 8;

/** Repeats a request, less often while the tab is hidden, and immediately when it is shown again. */
function keepAsking<T>(path: string, seconds: number, answer: Signal<T | undefined>): void {
  let timer = 0;
  const turn = async () => {
    clearTimeout(timer);
    try {
      answer.value = await ask<T>(path);
      noteAnswer();
    } catch (error) {
      noteTrouble(error);
    }
    clearTimeout(timer);
    timer = setTimeout(turn, seconds * 1000 * (document.hidden ? hiddenSlowdown : 1));
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void turn();
  });
  effect(() => {
    void token.value; // the response may depend on the token
    void turn();
  });
}

export const status = signal<Status>();
export const activity = signal<Activity>();

export function keepUpWithDaemon(): void {
  keepAsking('status', 2, status);
  keepAsking('activity', 2, activity);
}

/** Events per second over the last five whole seconds. */
export function eventRate(): number {
  const rates = activity.value?.rates;
  if (!rates || rates.events.length === 0) return 0;
  const recent = rates.events.slice(-6, -1);
  const sum = recent.reduce((total, count) => total + count, 0);
  return sum / (Math.max(recent.length, 1) * rates.step_seconds);
}
