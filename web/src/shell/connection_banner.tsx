import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { connection } from '../daemon/connection';
import { tokenMissing, tokenWanted } from '../daemon/token';
import { clock, duration } from '../widgets/format';

const goodNewsMilliseconds = 8000;

/** Shows that the connection is lost, and for a while that it is back; that the token is missing. */
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
      {tokenMissing.value && !tokenWanted.value && (
        <p class="banner lost">
          {tokenMissing.value}{' '}
          <button
            type="button"
            onClick={() => {
              tokenWanted.value = tokenMissing.value;
            }}
          >
            Enter the token
          </button>
        </p>
      )}
      {back && <p class="banner back">Connected again, after {duration(wasLostFor / 1000)}.</p>}
    </div>
  );
}
