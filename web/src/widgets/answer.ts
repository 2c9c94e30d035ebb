import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { ask, sentenceOf } from '../daemon/client';
import { token } from '../daemon/token';

export interface Answer<T> {
  value: Signal<T | undefined>;
  /** Why there is no response; nothing without problems. */
  trouble: Signal<string>;
}

/** The daemon's response to `path`, refreshed every `seconds`, if given, while it is shown. */
export function useAnswer<T>(path: string, seconds?: number): Answer<T> {
  const value = useSignal<T>();
  const trouble = useSignal('');
  const bearing = token.value;
  useEffect(() => {
    value.value = undefined;
    trouble.value = '';
  }, [path]);
  useEffect(() => {
    const leave = new AbortController();
    let timer = 0;
    const turn = async () => {
      try {
        value.value = await ask<T>(path, { signal: leave.signal });
        trouble.value = '';
      } catch (error) {
        if (leave.signal.aborted) return;
        trouble.value = sentenceOf(error);
      }
      if (seconds && !leave.signal.aborted) timer = setTimeout(turn, seconds * 1000);
    };
    void turn();
    return () => {
      leave.abort();
      clearTimeout(timer);
    };
  }, [path, seconds, bearing]);
  return { value, trouble };
}
