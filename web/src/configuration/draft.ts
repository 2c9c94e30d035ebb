import { signal } from '@preact/signals';

/** What somebody has typed. It outlives a look at another view. */
export const draft = signal<string | undefined>(undefined);
