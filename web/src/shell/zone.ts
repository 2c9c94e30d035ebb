import { effect, signal } from '@preact/signals';

/** The time zone of all times in the dashboard. */
export type Zone = 'local' | 'utc';

const place = 'apiary-zone';

export const zone = signal<Zone>(localStorage.getItem(place) === 'utc' ? 'utc' : 'local');

effect(() => localStorage.setItem(place, zone.value));

/** "UTC", or the browser's name of the reader's zone: "CET", "GMT+1". */
export function zoneName(of: Zone = zone.value): string {
  if (of === 'utc') return 'UTC';
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(new Date());
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'local time';
}

/** "Europe/Berlin, UTC+01:00". */
export function zoneInFull(of: Zone = zone.value): string {
  if (of === 'utc') return 'Coordinated Universal Time, UTC';
  const minutes = -new Date().getTimezoneOffset();
  const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0');
  const offset = `UTC${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone}, ${offset}`;
}
