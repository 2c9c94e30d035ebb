import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { connection } from '../daemon/connection';
import { activity, eventRate, status } from '../daemon/poll';
import { count, duration, rate } from '../widgets/format';
import { StateInFull, troubles } from './state_in_full';

/** A summary of the daemon's state; details on a click. */
export function StateOfDaemon() {
  const open = useSignal(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const leave = (event: Event) => {
      if (
        event instanceof KeyboardEvent
          ? event.key === 'Escape'
          : !place.current?.contains(event.target as Node)
      ) {
        open.value = false;
      }
    };
    addEventListener('pointerdown', leave);
    addEventListener('keydown', leave);
    return () => {
      removeEventListener('pointerdown', leave);
      removeEventListener('keydown', leave);
    };
  }, [open]);
  return (
    <div class="state" ref={place}>
      <button
        type="button"
        class="state-glance"
        aria-expanded={open.value}
        aria-controls="state-in-full"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        <Glance />
      </button>
      <div id="state-in-full" hidden={!open.value}>
        {open.value && status.value && <StateInFull status={status.value} />}
      </div>
    </div>
  );
}

function Glance() {
  const said = status.value;
  const { state } = connection.value;
  if (!said) {
    return (
      <>
        <Lamp kind={state === 'lost' ? 'bad' : 'unknown'} />
        {state === 'lost' ? 'No connection' : 'Connecting'}
      </>
    );
  }
  const wrong = troubles(said);
  const drops = Object.values(said.dropped_packets).reduce((sum, value) => sum + value, 0);
  const kind = state === 'lost' ? 'bad' : wrong.length > 0 ? 'trouble' : 'good';
  return (
    <>
      <Lamp kind={kind} />
      <Figure name="addresses" value={count(said.claimed_addresses)} />
      <Figure name="up" value={duration(said.uptime_seconds)} />
      <Figure name="events/s" value={rate(eventRate())} />
      <Figure
        name="open"
        title="Open conversations"
        value={activity.value ? count(activity.value.open_flows) : '...'}
      />
      <Figure name="drops" value={count(drops)} />
      {wrong.length > 0 && (
        <span class="figure trouble">{wrong.length === 1 ? '1 problem' : `${wrong.length} problems`}</span>
      )}
    </>
  );
}

const lampNames = {
  good: 'running',
  trouble: 'running, with trouble',
  bad: 'no connection',
  unknown: 'connecting',
};

function Lamp({ kind }: { kind: keyof typeof lampNames }) {
  return <span class={`lamp ${kind}`} role="img" aria-label={`Daemon: ${lampNames[kind]}`} />;
}

function Figure({ name, value, title }: { name: string; value: string; title?: string }) {
  return (
    <span title={title} class={`figure figure-${name.replace(/\W/g, '-')}`}>
      <b>{value}</b> {name}
    </span>
  );
}
