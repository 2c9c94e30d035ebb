import { type ApiaryEvent, timeOf } from '../daemon/event';
import { kindNames } from '../daemon/event_kinds';
import { counted, moment } from '../widgets/format';

const mostLanes = 14;

interface Lane {
  host: string;
  events: ApiaryEvent[];
}

/** A lane for each host that a visitor contacted, most contacted first. */
function lanesOf(events: ApiaryEvent[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const event of events) {
    const host = event.destination?.ip ?? (event.apiary.scan ? 'scans' : undefined);
    if (host === undefined) continue;
    const lane = lanes.get(host) ?? { host, events: [] };
    lane.events.push(event);
    lanes.set(host, lane);
  }
  return [...lanes.values()].sort((one, other) => other.events.length - one.events.length);
}

export function TimeLine({ events }: { events: ApiaryEvent[] }) {
  const first = timeOf(events[0]!);
  const last = timeOf(events.at(-1)!);
  const share = (at: number) => (last > first ? (100 * (at - first)) / (last - first) : 50);
  const lanes = lanesOf(events);
  return (
    <section class="panel time-line" aria-label="Time line">
      <div class="panel-head">
        <h2>Time line</h2>
        <span class="muted">
          the last {counted(events.length, 'event')}, {counted(lanes.length, 'host')}
        </span>
      </div>
      <ul class="lanes">
        {lanes.slice(0, mostLanes).map(({ host, events: ofHost }) => (
          <li key={host} class="lane">
            <span class="lane-name mono">{host}</span>
            <svg
              class="lane-dots"
              viewBox="0 0 100 10"
              preserveAspectRatio="none"
              role="img"
              aria-label={`${counted(ofHost.length, 'event')}, first ${moment(timeOf(ofHost[0]!))}`}
            >
              {ofHost.map((event) => (
                <line
                  key={event.event.id}
                  class={`dot dot-${event.event.action}`}
                  x1={share(timeOf(event))}
                  x2={share(timeOf(event))}
                  y1="1"
                  y2="9"
                >
                  <title>{`${moment(timeOf(event))} ${kindNames[event.event.action]}`}</title>
                </line>
              ))}
            </svg>
          </li>
        ))}
      </ul>
      <div class="lane-times muted">
        <span>{moment(first)}</span>
        <span>{moment(last)}</span>
      </div>
      {lanes.length > mostLanes && (
        <p class="panel-body muted">and {counted(lanes.length - mostLanes, 'further host')}</p>
      )}
    </section>
  );
}
