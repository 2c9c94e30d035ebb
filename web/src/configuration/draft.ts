import { signal } from '@preact/signals';

/** The edited text. It survives a change of view. */
export const draft = signal<string | undefined>(undefined);
