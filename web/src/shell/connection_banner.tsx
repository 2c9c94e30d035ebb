import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { connection } from '../daemon/connection';
import { clock, duration } from '../widgets/format';

const goodNewsMilliseconds = 8000;

/** Shows that the connection is lost, and for a while that it is back. */
export function ConnectionBanner() {
  const now = useSignal(Date.now());
  const { state, since, wasLostFor } = connection.value;
  useEffect(() => {
    now.value = Date.now();
    if (state === 'connected' && !wasLostFor) return;
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1000);
    return () => clearInterval(timer);
  }, [state, since]);

  const back = state === 'connected' && wasLostFor > 0 && now.value - since < goodNewsMilliseconds;
  return (
    <div role="status" aria-live="polite">
      {state === 'lost' && (
        <p class="banner lost">
          No connection to the daemon since {clock(since / 1000)}. The data shown is from before; reconnecting.
        </p>
      )}
      {back && <p class="banner back">Connected again, after {duration(wasLostFor / 1000)}.</p>}
    </div>
  );
}
