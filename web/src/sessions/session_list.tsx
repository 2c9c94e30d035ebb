import { useSignal } from '@preact/signals';

import type { SessionLine } from '../daemon/interface';
import { sessionPage } from '../shell/route';
import { useAnswer } from '../widgets/answer';
import { Empty } from '../widgets/empty';
import { firstHost } from '../widgets/first_host';
import { bytes, counted, duration, moment } from '../widgets/format';
import { VirtualList } from '../widgets/virtual_list';

const mostAsked = 1000;
const askEverySeconds = 3;

interface Sessions {
  sessions: SessionLine[];
}

/** The conversations that the daemon remembers, newest first. */
export function SessionList({ chosen }: { chosen?: string }) {
  const answer = useAnswer<Sessions>(`sessions?limit=${mostAsked}`, askEverySeconds);
  const wanted = useSignal('');
  const onlyWithCredentials = useSignal(false);
  const all = answer.value.value?.sessions;
  const sessions = (all ?? []).filter((session) => passes(session, wanted.value, onlyWithCredentials.value));
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
      {answer.trouble.value && <p class="refusal">{answer.trouble.value}</p>}
      {all?.length === 0 && (
        <Empty title="No conversation yet.">
          Try: <code>telnet {firstHost()}</code>
        </Empty>
      )}
      {all && all.length > 0 && sessions.length === 0 && <Empty title="No conversation is like that." />}
      {sessions.length > 0 && (
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

function passes(session: SessionLine, wanted: string, onlyWithCredentials: boolean): boolean {
  if (onlyWithCredentials && session.credentials === 0) return false;
  const text = wanted.trim();
  return (
    !text ||
    session.source.includes(text) ||
    session.host.includes(text) ||
    String(session.host_port) === text
  );
}

function SessionRow({ session, chosen }: { session: SessionLine; chosen: boolean }) {
  const { start, end, source, host, host_port, transport, received_bytes, sent_bytes, credentials } = session;
  return (
    <a class="session-row" href={sessionPage(session.id)} aria-current={chosen ? 'true' : undefined}>
      <span class="session-ends mono">
        {source} <span class="muted">to</span> {host}
        <span class="muted">
          :{host_port}
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
