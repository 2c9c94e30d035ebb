import { type ApiaryEvent, timeOf } from '../daemon/event';
import type { SourceSummary } from '../daemon/interface';
import { hostPage, sessionPage } from '../shell/route';
import { zoneName } from '../shell/zone';
import { useAnswer } from '../widgets/answer';
import { Bars } from '../widgets/bars';
import { Empty } from '../widgets/empty';
import { count, duration, moment } from '../widgets/format';
import { HostLink } from '../widgets/links';
import { TimeLine } from './time_line';

interface SourceAnswer {
  source: SourceSummary | null;
  events: ApiaryEvent[];
}

/** A visitor: its events over time, the hosts and ports it contacted, its conversations. */
export function SourceView({ address }: { address: string }) {
  const answer = useAnswer<SourceAnswer>(`source/${encodeURIComponent(address)}`, 3);
  const { source, events = [] } = answer.value.value ?? {};
  return (
    <>
      <div class="title-line">
        <h1>
          <a class="up" href="#/activity">
            Activity
          </a>{' '}
          <span class="mono">{address}</span>
        </h1>
        <a class="push" href={`#/activity?source=${encodeURIComponent(address)}`}>
          Follow live
        </a>
      </div>
      {answer.trouble.value && <p class="refusal">{answer.trouble.value}</p>}
      {answer.value.value && !source && events.length === 0 && (
        <Empty title={`No events of ${address} in memory.`}>
          It has not contacted any host, or only long ago.
        </Empty>
      )}
      {source && <Summary source={source} />}
      {events.length > 0 && <TimeLine events={events} />}
      {events.length > 0 && (
        <div class="source-parts">
          <Bars
            title="Hosts contacted"
            none="None."
            bars={tally(events, (event) => event.destination?.ip).map(([host, value]) => ({
              key: host,
              name: host,
              value,
              href: hostPage(host),
            }))}
          />
          <Bars
            title="Ports tried"
            none="None."
            bars={tally(events, (event) => event.destination?.port?.toString()).map(([port, value]) => ({
              key: port,
              name: port,
              value,
              href: `#/activity?port=${port}&source=${address}`,
            }))}
          />
          <Conversations events={events} />
        </div>
      )}
    </>
  );
}

function Summary({ source }: { source: SourceSummary }) {
  const how = { exact: '', estimate: 'about ', at_least: 'at least ' }[source.hosts_counted ?? 'exact'];
  const figures: [string, string][] = [
    ['events', count(source.events)],
    ['contacts', count(source.contacts)],
    ['conversations', count(source.flows)],
    ['hosts', how + count(source.hosts)],
    ['credentials', count(source.credentials)],
  ];
  return (
    <p class="figures">
      {figures.map(([name, value]) => (
        <span key={name} class="figure">
          <b>{value}</b> {name}
        </span>
      ))}
      <span class="muted">
        from {moment(source.first)} to {moment(source.last)} {zoneName()}, {duration(source.last - source.first)}
      </span>
    </p>
  );
}

function Conversations({ events }: { events: ApiaryEvent[] }) {
  const begun = events.filter((event) => event.event.action === 'flow_start').reverse();
  return (
    <section class="panel" aria-label="Conversations">
      <div class="panel-head">
        <h2>Conversations</h2>
      </div>
      {begun.length === 0 ? (
        <p class="panel-body muted">None.</p>
      ) : (
        <ul class="lines">
          {begun.slice(0, 100).map((event) => (
            <li key={event.event.id}>
              <a href={sessionPage(event.event.id)}>{moment(timeOf(event))}</a>
              <HostLink address={event.destination?.ip ?? ''} port={event.destination?.port} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function tally(events: ApiaryEvent[], keyOf: (event: ApiaryEvent) => string | undefined): [string, number][] {
  const sums = new Map<string, number>();
  for (const event of events) {
    const key = keyOf(event);
    if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + 1);
  }
  return [...sums].sort((one, other) => other[1] - one[1]);
}
