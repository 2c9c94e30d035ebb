import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const place = 'apiary-theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');

export const theme = signal<Theme>((localStorage.getItem(place) as Theme | null) ?? 'system');

/** Drawings on a canvas read this, as they do not follow the style sheet. */
export const isDark = signal(false);

effect(() => {
  const chosen = theme.value;
  localStorage.setItem(place, chosen);
  document.documentElement.dataset.theme = chosen;
  isDark.value = chosen === 'system' ? systemDark.matches : chosen === 'dark';
});
systemDark.addEventListener('change', () => {
  if (theme.value === 'system') isDark.value = systemDark.matches;
});

/** The current colour of a custom property of the style sheet, for a canvas. */
export function colourOf(property: string): string {
  const probe = document.createElement('i');
  probe.style.color = `var(${property})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
