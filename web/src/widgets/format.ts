/** Numbers, times and durations for people. */

import { zone } from '../shell/zone';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export const count = (value: number) => grouped.format(value);

/** 1 host, 2 hosts, 3 addresses. */
export function counted(value: number, noun: string): string {
  if (value === 1) return `1 ${noun}`;
  return `${count(value)} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}

/** Small numbers to a tenth, so that 0.4 per second is not 0. */
export const rate = (value: number) =>
  value < 10 && !Number.isInteger(value) ? tenths.format(value) : count(value);

export function bytes(value: number): string {
  if (value < 1024) return `${count(value)} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let unit = -1;
  for (; value >= 1024 && unit < units.length - 1; ++unit) value /= 1024;
  return `${value < 10 ? tenths.format(value) : count(value)} ${units[unit]}`;
}

/** 3 d 4 h, 12 min, 4.2 s: at most two units. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 60) return `${seconds < 10 ? tenths.format(seconds) : count(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A date shifted to the chosen zone; read it with the UTC methods. */
function inZone(seconds: number): Date {
  const date = new Date(seconds * 1000);
  return zone.value === 'utc' ? date : new Date(+date - date.getTimezoneOffset() * 60_000);
}

/** 14:03:22 in the chosen zone. */
export function clock(seconds: number): string {
  return inZone(seconds).toISOString().slice(11, 19);
}

export function clockWithMilliseconds(seconds: number): string {
  const milliseconds = Math.floor(seconds * 1000) % 1000;
  return `${clock(seconds)}.${String(milliseconds).padStart(3, '0')}`;
}

/** 2026-11-25 14:03:22, or only the time if it is today. */
export function moment(seconds: number): string {
  const day = inZone(seconds).toISOString().slice(0, 10);
  const today = inZone(Date.now() / 1000).toISOString().slice(0, 10);
  return day === today ? clock(seconds) : `${day} ${clock(seconds)}`;
}

export function ago(seconds: number, now: number): string {
  const past = now - seconds;
  return past < 2 ? 'just now' : `${duration(past).split(' ').slice(0, 2).join(' ')} ago`;
}
