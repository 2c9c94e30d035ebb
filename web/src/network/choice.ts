import { signal } from '@preact/signals';

export type Choice =
  { kind: 'host'; address: string } | { kind: 'router'; address: string } | { kind: 'subnet'; name: string };

/** What of the network somebody looks at, on the map and in the outline alike. */
export const selection = signal<Choice | undefined>(undefined);
