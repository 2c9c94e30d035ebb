import type { Visitors } from '../daemon/interface';
import { zoneName } from '../shell/zone';
import { Empty } from '../widgets/empty';
import { clock, count } from '../widgets/format';
import { SourceLink } from '../widgets/links';
import { minutesBack, momentOf, seenAt } from './visitors';

const mostListed = 8;

/** The visitors of the last hour. The slider goes back in time, for the map as well. */
export function VisitorList({ response }: { response?: Visitors }) {
  const back = minutesBack.value;
  const seen = response ? seenAt(response, back) : [];
  const moment = response ? `${clock(momentOf(response, back)).slice(0, 5)} ${zoneName()}` : '';
  const total = seen.length + (response?.others ?? 0);
  return (
    <section class="panel visitor-list" aria-label="Visitors of the last hour">
      <div class="panel-head">
        <h2>Visitors</h2>
        <span class="muted">{response ? `${count(total)} in the last hour` : 'Loading ...'}</span>
      </div>
      <div class="time-slider">
        <span class="muted">{back === 0 ? 'now' : `until ${moment}`}</span>
        <input
          type="range"
          min={-59}
          max={0}
          step={1}
          value={-back}
          aria-label="Time"
          aria-valuetext={back === 0 ? 'now' : `${back} minutes ago, ${moment}`}
          onInput={(event) => {
            minutesBack.value = -Number(event.currentTarget.value);
          }}
        />
        <button
          type="button"
          class="quiet"
          disabled={back === 0}
          onClick={() => {
            minutesBack.value = 0;
          }}
        >
          Now
        </button>
      </div>
      {response && seen.length === 0 && (
        <Empty title={back === 0 ? 'No visitors in the last hour.' : 'No visitors until then.'} />
      )}
      <ul class="visitors panel-body">
        {seen.slice(0, mostListed).map(({ address, events, last, isActive }) => (
          <li key={address} class={isActive ? '' : 'quiet-visitor'}>
            <SourceLink address={address} />
            <span>{count(events)}</span>
            <span class="muted">{clock(last)}</span>
          </li>
        ))}
        {total > mostListed && (
          <li>
            <a href="#/activity">and {count(total - mostListed)} more</a>
          </li>
        )}
      </ul>
    </section>
  );
}
