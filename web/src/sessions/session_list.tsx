import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { query } from '../daemon/client';
import type { SessionLine } from '../daemon/interface';
import { sessionPage } from '../shell/route';
import { useAnswer } from '../widgets/answer';
import { Empty } from '../widgets/empty';
import { firstHost } from '../widgets/first_host';
import { Exports } from '../widgets/exports';
import { bytes, count, counted, duration, moment } from '../widgets/format';
import { VirtualList } from '../widgets/virtual_list';

const mostAsked = 1000;
const askEverySeconds = 3;
const settledMilliseconds = 250;

interface Sessions {
  sessions: SessionLine[];
}

/** The conversations in the daemon's memory, newest first. */
export function SessionList({ chosen }: { chosen?: string }) {
  const wanted = useSignal('');
  const settled = useSignal('');
  const onlyWithCredentials = useSignal(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      settled.value = wanted.value.trim();
    }, settledMilliseconds);
    return () => clearTimeout(timer);
  }, [wanted.value]);
  const filters = query({ address: settled.value, credentials: onlyWithCredentials.value ? 1 : '' });
  const answer = useAnswer<Sessions>(
    `sessions?limit=${mostAsked}${filters.replace('?', '&')}`,
    askEverySeconds,
  );
  const sessions = answer.value.value?.sessions;
  return (
    <section class="panel session-list" aria-label="Conversations">
      <div class="panel-head">
        <input
          type="search"
          class="grow"
          aria-label="Address or port"
          placeholder="Address or port"
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
          }}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={onlyWithCredentials.value}
            onChange={(event) => {
              onlyWithCredentials.value = event.currentTarget.checked;
            }}
          />{' '}
          with credentials
        </label>
      </div>
      <p class="panel-head list-notes muted" role="status">
        {!sessions
          ? 'Loading ...'
          : sessions.length < mostAsked
            ? `${counted(sessions.length, 'conversation')} in memory`
            : `the last ${count(mostAsked)}`}
        <span class="push" />
        <Exports what="sessions" parameters={filters} />
      </p>
      {answer.trouble.value && <p class="refusal">{answer.trouble.value}</p>}
      {sessions?.length === 0 &&
        (filters ? (
          <Empty title="No conversation matches." />
        ) : (
          <Empty title="No conversation yet.">
            {firstHost() && (
              <>
                Try: <code>telnet {firstHost()}</code>
              </>
            )}
          </Empty>
        ))}
      {sessions && sessions.length > 0 && (
        <VirtualList
          class="session-scroller"
          label="Conversations, newest first"
          count={sessions.length}
          rowHeight={52}
          keyOf={(index) => sessions[index]!.id}
          row={(index) => <SessionRow session={sessions[index]!} chosen={sessions[index]!.id === chosen} />}
        />
      )}
    </section>
  );
}

function SessionRow({ session, chosen }: { session: SessionLine; chosen: boolean }) {
  const { start, end, source, destination, destination_port, transport, received_bytes, sent_bytes, credentials } = session;
  return (
    <a class="session-row" href={sessionPage(session.id)} aria-current={chosen ? 'true' : undefined}>
      <span class="session-ends mono">
        {source} <span class="muted">to</span> {destination}
        <span class="muted">
          :{destination_port}
          {transport === 'udp' && '/udp'}
        </span>
      </span>
      <span class="session-notes muted">
        <span>{moment(start)}</span>
        <span>{end === null ? <b class="on-going">goes on</b> : duration(end - start)}</span>
        <span>
          {bytes(received_bytes)} in, {bytes(sent_bytes)} out
        </span>
        {credentials > 0 && <span class="kind kind-credential">{counted(credentials, 'login')}</span>}
      </span>
    </a>
  );
}
