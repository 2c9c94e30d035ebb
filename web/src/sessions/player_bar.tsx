import { icons } from '../shell/icons';
import { duration } from '../widgets/format';
import type { Player } from './player';
import type { Transcript } from './transcript';

const speeds = [0.5, 1, 2, 4, 16, 64];

/** Replays a conversation; the marks show when each side sent data. */
export function PlayerBar({
  player,
  transcript: { parts, length },
}: {
  player: Player;
  transcript: Transcript;
}) {
  const playing = player.playing.value;
  return (
    <div class="player" role="group" aria-label="Replay">
      <button
        type="button"
        aria-label={playing ? 'Pause' : 'Play'}
        title={playing ? 'Pause' : 'Play'}
        onClick={() => player.toggle()}
      >
        {playing ? icons.pause : icons.play}
      </button>
      <div class="track">
        <svg class="marks" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
          {parts.map((part) => {
            const x = (1000 * part.at) / length;
            if (part.kind === 'remark') return null;
            const [top, bottom] = part.from === 'visitor' ? [0, 5] : [7, 12];
            return <line key={part.id} class={`mark-${part.from}`} x1={x} x2={x} y1={top} y2={bottom} />;
          })}
        </svg>
        <input
          type="range"
          min={0}
          max={length}
          step={length / 1000}
          value={player.at.value}
          aria-label="Position in the conversation"
          aria-valuetext={`${duration(player.at.value)} of ${duration(length)}`}
          onInput={(event) => {
            player.pause();
            player.moveTo(Number(event.currentTarget.value));
          }}
        />
      </div>
      <span class="player-time muted">
        {duration(player.at.value)} / {duration(length)}
      </span>
      <label class="check">
        <span class="muted">speed</span>
        <select
          value={String(player.speed.value)}
          onChange={(event) => {
            player.speed.value = Number(event.currentTarget.value);
          }}
        >
          {speeds.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed}&times;
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
