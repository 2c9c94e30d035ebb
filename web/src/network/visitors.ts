import { signal } from '@preact/signals';

import type { VisitorLine, Visitors } from '../daemon/interface';

/** How far back somebody looks, in minutes; 0: at what happens now. */
export const minutesBack = signal(0);

/** A visitor as it was known at some moment of the last hour. */
export interface Seen {
  address: string;
  /** Since an hour ago. */
  events: number;
  /** When it was last heard of, in seconds since 1970; of the past, to the minute. */
  last: number;
  /** Whether that was in the minutes right before. */
  isActive: boolean;
  /** The hosts that it spoke to about then. */
  hosts: string[];
}

const activeMinutes = 5;

/** The end of the minute that is looked at, in seconds since 1970. */
export const momentOf = (told: Visitors, back: number) => told.until - back * told.step_seconds;

/** All that had been seen by then, those with most events first. */
export function seenAt(told: Visitors, back: number): Seen[] {
  return told.visitors
    .map((visitor) => asSeen(visitor, told, back))
    .filter(({ events }) => events > 0)
    .sort((one, other) => other.events - one.events);
}

function asSeen(visitor: VisitorLine, told: Visitors, back: number): Seen {
  const counts = visitor.counts.slice(0, told.steps - back);
  const minute = counts.findLastIndex((count) => count > 0);
  const moment = momentOf(told, back);
  const begin = moment - activeMinutes * told.step_seconds;
  return {
    address: visitor.address,
    events: counts.reduce((sum, count) => sum + count, 0),
    last: back === 0 ? visitor.last : told.until - (told.steps - minute - 1) * told.step_seconds,
    isActive: counts.length - minute <= activeMinutes,
    hosts: visitor.hosts.filter(({ first, last }) => last >= begin && first < moment).map(({ address }) => address),
  };
}
