import { signal } from '@preact/signals';

export type Choice =
  { kind: 'host'; address: string } | { kind: 'router'; address: string } | { kind: 'subnet'; name: string };

/** The selected part of the network, shared by the map and the outline. */
export const selection = signal<Choice | undefined>(undefined);
