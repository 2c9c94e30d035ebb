import { useSignal } from '@preact/signals';

import { count } from './format';

export interface Bar {
  key: string;
  name: string;
  value: number;
  href?: string;
}

const atFirst = 7;

/** The largest entries, each with a proportional bar. */
export function Bars({ title, bars, none }: { title: string; bars: Bar[]; none: string }) {
  const all = useSignal(false);
  const longest = Math.max(1, ...bars.map(({ value }) => value));
  const shown = all.value ? bars : bars.slice(0, atFirst);
  return (
    <section class="panel" aria-label={title}>
      <div class="panel-head">
        <h2>{title}</h2>
        {bars.length > atFirst && (
          <button
            type="button"
            class="quiet push"
            aria-expanded={all.value}
            onClick={() => {
              all.value = !all.value;
            }}
          >
            {all.value ? 'Fewer' : `All ${bars.length}`}
          </button>
        )}
      </div>
      {bars.length === 0 ? (
        <p class="panel-body muted">{none}</p>
      ) : (
        <ol class="bars">
          {shown.map((bar) => (
            <li key={bar.key}>
              <span class="bar-length" style={{ width: `${(100 * bar.value) / longest}%` }} />
              {bar.href ? (
                <a href={bar.href}>
                  <BarText {...bar} />
                </a>
              ) : (
                <span class="bar">
                  <BarText {...bar} />
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function BarText({ name, value }: Bar) {
  return (
    <>
      <span class="bar-name" title={name}>
        {name}
      </span>
      <span class="bar-value">{count(value)}</span>
    </>
  );
}
