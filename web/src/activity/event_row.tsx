import { type ApiaryEvent, timeOf } from '../daemon/event';
import { kindNames, kindTones } from '../daemon/event_kinds';
import { clockWithMilliseconds } from '../widgets/format';
import { HostLink, SourceLink } from '../widgets/links';

/** The sentence without the addresses, which have columns of their own. */
export function sentenceOfRow({ message, source, destination }: ApiaryEvent): string {
  if (!source || !destination || !message.startsWith(source.ip)) return message;
  const end = message.indexOf(destination.ip);
  if (end < 0 || end > 30) return message;
  return message.slice(end + destination.ip.length).replace(/^(:\d+)? /, '');
}

interface Props {
  event: ApiaryEvent;
  chosen: boolean;
  onChoose(): void;
}

export function EventRow({ event, chosen, onChoose }: Props) {
  const kind = event.event.action;
  return (
    <div class={`event-row${chosen ? ' chosen' : ''}`}>
      <span class="event-time">{clockWithMilliseconds(timeOf(event))}</span>
      <button
        type="button"
        class={`event-kind kind kind-${kind} tone-${kindTones[kind]}`}
        aria-pressed={chosen}
        title="Show details"
        onClick={onChoose}
      >
        {kindNames[kind] ?? kind}
      </button>
      <span class="event-source">{event.source && <SourceLink address={event.source.ip} />}</span>
      <span class="event-host">
        {event.destination && <HostLink address={event.destination.ip} port={event.destination.port} />}
      </span>
      <span class="event-sentence" title={event.message}>
        {sentenceOfRow(event)}
      </span>
    </div>
  );
}
