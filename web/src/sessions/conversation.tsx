import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import type { ApiaryEvent } from '../daemon/event';
import { zoneName } from '../shell/zone';
import { useAnswer } from '../widgets/answer';
import { duration, moment } from '../widgets/format';
import { HostLink, SourceLink } from '../widgets/links';
import { isNarrow } from '../widgets/media';
import { Player } from './player';
import { PlayerBar } from './player_bar';
import { SaidPart } from './said_part';
import { type Transcript, transcriptOf } from './transcript';

const askEverySeconds = 2;

/** A conversation: both directions with their times, at rest or replayed. */
export function Conversation({ flow }: { flow: string }) {
  const isOver = useSignal(false);
  const answer = useAnswer<{ events: ApiaryEvent[] }>(
    `session/${encodeURIComponent(flow)}`,
    isOver.value ? undefined : askEverySeconds,
  );
  const transcript = useMemo(() => transcriptOf(answer.value.value?.events ?? []), [answer.value.value]);
  useEffect(() => {
    if (transcript?.isOver) isOver.value = true;
  }, [transcript]);
  return (
    <section class="panel conversation" aria-label="A conversation">
      {isNarrow.value && (
        <p class="panel-head">
          <a class="up" href="#/sessions">
            Sessions
          </a>
        </p>
      )}
      {answer.trouble.value && <p class="refusal">{answer.trouble.value}</p>}
      {transcript ? (
        <Played transcript={transcript} />
      ) : (
        !answer.trouble.value && <p class="panel-body muted">Loading the conversation ...</p>
      )}
    </section>
  );
}

function Played({ transcript }: { transcript: Transcript }) {
  const player = useMemo(() => new Player(transcript.length), []);
  const asHex = useSignal(false);
  useEffect(() => player.lengthen(transcript.length), [transcript.length]);
  useEffect(() => () => player.pause(), []);
  const { source, sourcePort, host, hostPort, start, length, parts } = transcript;
  const played = parts.filter(({ at }) => at <= player.at.value + 0.0005);
  return (
    <>
      <div class="panel-head">
        <h2>
          <SourceLink address={source} />
          <span class="muted mono">:{sourcePort}</span> <span class="muted">to</span>{' '}
          <HostLink address={host} port={hostPort} />
        </h2>
        <span class="muted">
          {moment(start)} {zoneName()}, {transcript.isOver ? duration(length) : 'goes on'}
        </span>
        <button
          type="button"
          class="push"
          aria-pressed={asHex.value}
          onClick={() => {
            asHex.value = !asHex.value;
          }}
        >
          Hex
        </button>
      </div>
      <PlayerBar player={player} transcript={transcript} />
      <ol class="transcript" tabIndex={0} aria-label="Transcript">
        {played.map((part) =>
          part.kind === 'said' ? (
            <SaidPart key={part.id} part={part} asHex={asHex.value} />
          ) : (
            <li key={part.id} class={`remark${part.isCredential ? ' kind-credential' : ''}`}>
              <span class="part-time">{duration(part.at)}</span>
              {part.text}
            </li>
          ),
        )}
        {transcript.cut && played.length === parts.length && (
          <li class="remark">The conversation was longer: only 64 KiB of each side are kept.</li>
        )}
      </ol>
    </>
  );
}
