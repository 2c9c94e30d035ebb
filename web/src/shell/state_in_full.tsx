import type { Status } from '../daemon/interface';
import { activity } from '../daemon/poll';
import { bytes, count, counted, duration, moment } from '../widgets/format';

/** Problems that need attention, a sentence each. */
export function troubles(status: Status): string[] {
  const sentences = status.sinks
    .filter((sink) => sink.trouble)
    .map((sink) => `${sink.name}: ${sink.trouble}`);
  for (const sink of status.sinks) {
    if (sink.lost > 0 && !sink.trouble) sentences.push(`${sink.name} lost ${counted(sink.lost, 'event')}`);
  }
  for (const card of status.interfaces) {
    if (card.lost_packets > 0) sentences.push(`${card.name} lost ${counted(card.lost_packets, 'packet')}`);
  }
  if (status.configuration.failure) sentences.push(`configuration: ${status.configuration.failure}`);
  return sentences;
}

export function StateInFull({ status }: { status: Status }) {
  const { configuration } = status;
  const dropped = Object.entries(status.dropped_packets).sort((one, other) => other[1] - one[1]);
  const hasSpool = status.sinks.some((sink) => sink.spool);
  return (
    <div class="state-in-full">
      {troubles(status).map((sentence) => (
        <p class="trouble-line" key={sentence}>
          {sentence}
        </p>
      ))}
      <h2>Apiary {status.version}</h2>
      <dl class="facts">
        <dt>answers for</dt>
        <dd>
          {status.claimed} ({counted(status.claimed_addresses, 'address')})
        </dd>
        <dt>hosts</dt>
        <dd>
          {count(status.bound_hosts)} bound, {count(status.remembered_hosts)} remembered
        </dd>
        <dt>up since</dt>
        <dd>
          {moment(status.started)}, for {duration(status.uptime_seconds)}
        </dd>
        <dt>configuration</dt>
        <dd>
          {configuration.file}, loaded {moment(configuration.loaded)}
          {configuration.statements_since > 0 &&
            `, ${counted(configuration.statements_since, 'statement')} since`}
        </dd>
        <dt>conversations</dt>
        <dd>
          {activity.value && `${count(activity.value.open_flows)} open, `}
          {count(status.sessions)} of them with a service
        </dd>
        <dt>held for TCP, UDP</dt>
        <dd>
          {count(status.connections)}, {count(status.half_open_connections)} of them half open, others until
          late packets are gone; {count(status.udp_flows)}
        </dd>
        <dt>services</dt>
        <dd>{counted(status.processes, 'process')}</dd>
        <dt>received</dt>
        <dd>
          {counted(status.received_packets, 'packet')}, {bytes(status.received_bytes)}
        </dd>
        <dt>sent</dt>
        <dd>
          {counted(status.sent_packets, 'packet')}, {bytes(status.sent_bytes)}
          {status.untransmitted_packets > 0 && `; ${count(status.untransmitted_packets)} could not be sent`}
        </dd>
        <dt>interfaces</dt>
        <dd>
          {status.interfaces
            .map((card) => card.name + (card.lost_packets > 0 ? ` (${count(card.lost_packets)} lost)` : ''))
            .join(', ') || 'none'}
        </dd>
      </dl>
      {status.sinks.length > 0 && (
        <>
          <h3>Sinks</h3>
          <table class="plain">
            <thead>
              <tr>
                <th>sink</th>
                <th class="number">written</th>
                <th class="number">waiting</th>
                {hasSpool && <th class="number">in spool</th>}
                <th class="number">lost</th>
              </tr>
            </thead>
            <tbody>
              {status.sinks.map((sink) => (
                <tr key={sink.name}>
                  <td>{sink.name}</td>
                  <td class="number">{count(sink.written)}</td>
                  <td class="number">{count(sink.waiting)}</td>
                  {hasSpool && <td class="number">{sink.spool ? count(sink.spool.events) : ''}</td>}
                  <td class="number">{count(sink.lost)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      <h3>Dropped packets</h3>
      {dropped.length === 0 ? (
        <p class="muted">None.</p>
      ) : (
        <dl class="facts">
          {dropped.map(([reason, packets]) => [
            <dt key={reason}>{reason.replaceAll('_', ' ')}</dt>,
            <dd key={`${reason} packets`}>{count(packets)}</dd>,
          ])}
        </dl>
      )}
    </div>
  );
}
