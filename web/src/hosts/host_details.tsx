import type { ApiaryEvent } from '../daemon/event';
import { timeOf } from '../daemon/event';
import type { Host } from '../daemon/interface';
import { useAnswer } from '../widgets/answer';
import { ago, count } from '../widgets/format';
import { SourceLink } from '../widgets/links';

interface EventPage {
  events: ApiaryEvent[];
}

/** A host: what it pretends to be, what answers there and why, and its visitors. */
export function HostDetails({ address }: { address: string }) {
  const answer = useAnswer<Host>(`host/${encodeURIComponent(address)}`);
  const host = answer.value.value;
  if (answer.trouble.value) return <p class="refusal">{answer.trouble.value}</p>;
  if (!host) return <p class="muted">Loading ...</p>;
  return (
    <div class="host-details">
      <section>
        <dl class="facts">
          <dt>personality</dt>
          <dd>{host.personality || 'none'}</dd>
          <dt>template</dt>
          <dd>{host.template}</dd>
        </dl>
      </section>
      <section>
        <h3>What answers</h3>
        <table class="plain ports">
          <tbody>
            {host.ports.map(({ protocol, port, action }) => (
              <tr key={`${protocol} ${port}`}>
                <td class="mono">
                  {port}/{protocol}
                </td>
                <td>{action}</td>
              </tr>
            ))}
            {Object.entries(host.defaults).map(([protocol, action]) => (
              <tr key={protocol} class="muted">
                <td>
                  {host.ports.length > 0 && protocol !== 'icmp' ? 'other ' : ''}
                  {protocol}
                </td>
                <td>{action}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <Visitors address={address} />
      <section>
        <h3>Why</h3>
        <pre class="explanation" tabIndex={0} role="region" aria-label="Explanation">
          {host.explanation}
        </pre>
      </section>
    </div>
  );
}

function Visitors({ address }: { address: string }) {
  const answer = useAnswer<EventPage>(`events?host=${encodeURIComponent(address)}&limit=500`, 3);
  const { events = [] } = answer.value.value ?? {};
  const visitors = new Map<string, { events: number; last: number }>();
  for (const event of events) {
    // newest first
    if (!event.source) continue;
    const known = visitors.get(event.source.ip) ?? { events: 0, last: timeOf(event) };
    ++known.events;
    visitors.set(event.source.ip, known);
  }
  return (
    <section>
      <h3>Visitors</h3>
      {!answer.value.value ? (
        <p class="muted">{answer.trouble.value || 'Loading ...'}</p>
      ) : visitors.size === 0 ? (
        <p class="muted">
          Nobody yet. Try: <code>ping {address}</code>
        </p>
      ) : (
        <ul class="visitors">
          {[...visitors].slice(0, 12).map(([source, known]) => (
            <li key={source}>
              <SourceLink address={source} />
              <span>{count(known.events)}</span>
              <span class="muted">{ago(known.last, Date.now() / 1000)}</span>
            </li>
          ))}
          {visitors.size > 12 && (
            <li>
              <a href={`#/activity?host=${encodeURIComponent(address)}`}>
                and {count(visitors.size - 12)} more
              </a>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
