import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';

import type { ApiaryEvent } from '../daemon/event';
import { icons } from '../shell/icons';
import { Empty, NobodySpoke } from '../widgets/empty';
import { Exports } from '../widgets/exports';
import { count } from '../widgets/format';
import { isNarrow } from '../widgets/media';
import { VirtualList } from '../widgets/virtual_list';
import { EventInFull } from './event_in_full';
import { EventRow } from './event_row';
import { Feed } from './feed';

/** The stream of events that match the filters in `parameters`. It pauses while the pointer is over it. */
export function EventList({ parameters }: { parameters: string }) {
  const feed = useMemo(() => new Feed(parameters), [parameters]);
  useEffect(() => () => feed.close(), [feed]);
  const paused = useSignal(false);
  const pointed = useSignal(false);
  const scrolled = useSignal(false);
  const chosen = useSignal<ApiaryEvent | undefined>(undefined);
  const place = useRef<HTMLDivElement>(null);
  const held = paused.value || pointed.value || scrolled.value;
  useEffect(() => feed.hold(held), [feed, held]);

  const events = feed.shown.value;
  const goOn = () => {
    paused.value = pointed.value = scrolled.value = false;
    place.current?.querySelector('.scroller')?.scrollTo(0, 0);
  };
  return (
    <section class="panel event-list" aria-label="Events">
      <div class="panel-head">
        <h2>Events</h2>
        <span class="muted">{held ? `held; ${count(feed.waiting.value)} more` : 'live'}</span>
        {feed.lost.value > 0 && (
          <span class="muted">{count(feed.lost.value)} left out, too fast to show</span>
        )}
        <span class="push" />
        <Exports what="events" parameters={parameters} />
        <button
          type="button"
          onClick={() => (paused.value || scrolled.value ? goOn() : (paused.value = true))}
        >
          {paused.value || scrolled.value ? <>{icons.play} Go on</> : <>{icons.pause} Pause</>}
        </button>
      </div>
      {feed.trouble.value && <p class="refusal">{feed.trouble.value}</p>}
      {!feed.loaded.value && !feed.trouble.value && <p class="panel-body muted">Loading events ...</p>}
      {feed.loaded.value &&
        events.length === 0 &&
        !feed.trouble.value &&
        (parameters ? <NothingPasses /> : <NobodySpoke />)}
      <div
        class="event-place"
        ref={place}
        onPointerEnter={(event) => {
          pointed.value = event.pointerType === 'mouse';
        }}
        onPointerLeave={() => {
          pointed.value = false;
        }}
        onScrollCapture={(event) => {
          scrolled.value = (event.target as HTMLElement).scrollTop > 4;
        }}
      >
        <VirtualList
          class="event-scroller"
          label="Events, newest first"
          count={events.length}
          rowHeight={isNarrow.value ? 58 : 28}
          keyOf={(index) => events[index]!.event.id}
          onView={(_, last) => {
            if (last >= events.length && scrolled.value) void feed.extend();
          }}
          row={(index) => {
            const event = events[index]!;
            const isChosen = chosen.value?.event.id === event.event.id;
            return (
              <EventRow
                event={event}
                chosen={isChosen}
                onChoose={() => {
                  chosen.value = isChosen ? undefined : event;
                }}
              />
            );
          }}
        />
      </div>
      {chosen.value && (
        <EventInFull
          event={chosen.value}
          onClose={() => {
            chosen.value = undefined;
          }}
        />
      )}
    </section>
  );
}

function NothingPasses() {
  return (
    <Empty title="No event matches these filters.">
      New matching events appear here. <a href="#/activity">Show everything</a>
    </Empty>
  );
}
