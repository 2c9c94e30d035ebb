import { type ApiaryEvent, flowOf } from '../daemon/event';
import { kindNames, kindTones } from '../daemon/event_kinds';
import { icons } from '../shell/icons';
import { hostPage, sessionPage, sourcePage } from '../shell/route';

export function EventInFull({ event, onClose }: { event: ApiaryEvent; onClose(): void }) {
  const flow = flowOf(event);
  const kind = event.event.action;
  return (
    <section class="event-in-full" aria-label="Event details">
      <div class="panel-head">
        <h2 class={`kind kind-${kind} tone-${kindTones[kind]}`}>{kindNames[kind]}</h2>
        {flow && <a href={sessionPage(flow)}>the conversation</a>}
        {event.source && <a href={sourcePage(event.source.ip)}>its source</a>}
        {event.destination && <a href={hostPage(event.destination.ip)}>the host</a>}
        <button type="button" class="quiet push" aria-label="Close" onClick={onClose}>
          {icons.close}
        </button>
      </div>
      <p class="event-message">{event.message}</p>
      <pre class="event-json" tabIndex={0} role="region" aria-label="As JSON">
        {JSON.stringify(event, null, 2)}
      </pre>
    </section>
  );
}
