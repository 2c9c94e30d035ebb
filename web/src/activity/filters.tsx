import { useRef } from 'preact/hooks';

import { kindGroups } from '../daemon/event_kinds';
import { replaceParameters, route } from '../shell/route';

const fields = [
  { name: 'source', label: 'Source', example: '192.0.2.0/24' },
  { name: 'host', label: 'Host', example: '10.1.0.0/16' },
  { name: 'port', label: 'Port', example: '22' },
  { name: 'text', label: 'Text', example: 'login' },
];
const settledMilliseconds = 350;

/** The filters in the address bar, as a query string. */
export function filterParameters(): string {
  const passed = new URLSearchParams();
  for (const name of ['kind', ...fields.map((field) => field.name)]) {
    const value = route.value.parameters.get(name)?.trim();
    if (value) passed.set(name, value);
  }
  return passed.size > 0 ? `?${passed}` : '';
}

export function Filters() {
  const timer = useRef(0);
  const { parameters } = route.value;
  const change = (name: string, value: string) => {
    const changed = new URLSearchParams(route.value.parameters);
    if (value.trim()) changed.set(name, value.trim());
    else changed.delete(name);
    replaceParameters(changed);
  };
  const changeSoon = (name: string, value: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => change(name, value), settledMilliseconds);
  };
  return (
    <form
      class="filters"
      role="search"
      aria-label="Filters of events"
      onSubmit={(event) => event.preventDefault()}
    >
      <label>
        <span>Kind</span>
        <select
          value={parameters.get('kind') ?? ''}
          onChange={(event) => change('kind', event.currentTarget.value)}
        >
          <option value="">Everything</option>
          {kindGroups.map(({ name, kinds }) => (
            <option key={name} value={kinds.join(',')}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {fields.map(({ name, label, example }) => (
        <label key={name}>
          <span>{label}</span>
          <input
            type="text"
            value={parameters.get(name) ?? ''}
            placeholder={example}
            spellcheck={false}
            autocomplete="off"
            inputMode={name === 'port' ? 'numeric' : undefined}
            onInput={(event) => changeSoon(name, event.currentTarget.value)}
          />
        </label>
      ))}
      {parameters.size > 0 && (
        <button type="button" class="quiet" onClick={() => replaceParameters(new URLSearchParams())}>
          Clear
        </button>
      )}
    </form>
  );
}
