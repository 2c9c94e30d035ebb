import { signal } from '@preact/signals';

import type { VisitorLine, Visitors } from '../daemon/interface';

/** How far back the view is, in minutes; 0: live. */
export const minutesBack = signal(0);

/** A visitor at a moment of the last hour. */
export interface Seen {
  address: string;
  /** Number of events in the hour before. */
  events: number;
  /** The time of its last event, in seconds since 1970; in the past, to the minute. */
  last: number;
  /** Whether that was in the last few minutes before. */
  isActive: boolean;
  /** The hosts that it contacted around that time. */
  hosts: string[];
}

const activeMinutes = 5;

/** The end of the shown minute, in seconds since 1970. */
export const momentOf = (response: Visitors, back: number) =>
  response.until - back * response.step_seconds;

/** All visitors until then, those with most events first. */
export function seenAt(response: Visitors, back: number): Seen[] {
  return response.visitors
    .map((visitor) => asSeen(visitor, response, back))
    .filter(({ events }) => events > 0)
    .sort((one, other) => other.events - one.events);
}

function asSeen(visitor: VisitorLine, response: Visitors, back: number): Seen {
  const counts = visitor.counts.slice(0, response.steps - back);
  const minute = counts.findLastIndex((count) => count > 0);
  const moment = momentOf(response, back);
  const begin = moment - activeMinutes * response.step_seconds;
  return {
    address: visitor.address,
    events: counts.reduce((sum, count) => sum + count, 0),
    last: back === 0 ? visitor.last : momentOf(response, response.steps - minute - 1),
    isActive: counts.length - minute <= activeMinutes,
    hosts: visitor.hosts.filter(({ first, last }) => last >= begin && first < moment).map(({ address }) => address),
  };
}
