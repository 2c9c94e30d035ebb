import { useMemo } from 'preact/hooks';

import { counted, duration } from '../widgets/format';
import type { Part } from './transcript';
import { hexDump, visibleRuns } from './visible_bytes';

/** Data of one side. Text nodes only: visitors' bytes never become HTML. */
export function SaidPart({ part, asHex }: { part: Part & { kind: 'said' }; asHex: boolean }) {
  const { from, bytes, offset, at } = part;
  const runs = useMemo(() => visibleRuns(bytes), [bytes]);
  return (
    <li class={`said said-by-${from}`}>
      <p class="said-by">
        <span class="part-time">{duration(at)}</span> {from}{' '}
        <span class="muted">{counted(bytes.length, 'byte')}</span>
      </p>
      {asHex ? (
        <pre class="said-text hex">{hexDump(bytes, offset)}</pre>
      ) : (
        <pre class="said-text">
          {runs.map(({ text, isControl }, index) =>
            isControl ? (
              <span key={index} class="control">
                {text}
              </span>
            ) : (
              text
            ),
          )}
        </pre>
      )}
    </li>
  );
}
