import { signal } from '@preact/signals';

import { type ApiaryEvent, timeOf } from '../daemon/event';
import { clock } from '../widgets/format';

const lines = 4;
const readableMilliseconds = 700;
const telling = new Set(['scan', 'flow_start', 'credential']);

const recent = signal<ApiaryEvent[]>([]);
let lastChange = 0;

/** Picks a sentence now and then, no more than people can read. */
export function noteForTicker(events: ApiaryEvent[]): void {
  const now = performance.now();
  if (now - lastChange < readableMilliseconds) return;
  const event = events.findLast(({ event: { action } }) => telling.has(action));
  if (!event) return;
  lastChange = now;
  recent.value = [...recent.value, event].slice(-lines);
}

/** For readers of the map at a distance. Activity has the same for screen readers. */
export function Ticker() {
  return (
    <ol class="ticker" aria-hidden="true">
      {recent.value.map((event) => (
        <li key={event.event.id}>
          <span class="muted">{clock(timeOf(event))}</span> {event.message}
        </li>
      ))}
    </ol>
  );
}
