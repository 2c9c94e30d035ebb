import { type Signal, signal } from '@preact/signals';

function follow(condition: string): Signal<boolean> {
  const list = matchMedia(condition);
  const holds = signal(list.matches);
  list.addEventListener('change', () => {
    holds.value = list.matches;
  });
  return holds;
}

export const isNarrow = follow('(max-width: 720px)');
export const wantsLittleMotion = follow('(prefers-reduced-motion: reduce)');
