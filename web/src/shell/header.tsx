import { icons } from './icons';
import { route, viewNames } from './route';
import { StateOfDaemon } from './state';
import { type Theme, theme } from './theme';
import { zone, zoneInFull, zoneName } from './zone';

const themes: Theme[] = ['system', 'light', 'dark'];

export function Header() {
  return (
    <header class="header">
      <a class="brand" href="#/network">
        <img src="./favicon.svg" alt="" width="24" height="24" />
        <span>Apiary</span>
      </a>
      <nav class="views" aria-label="Views">
        {viewNames.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={route.value.view === name ? 'page' : undefined}>
            {icons[name]}
            <span>{name[0]!.toUpperCase() + name.slice(1)}</span>
          </a>
        ))}
      </nav>
      <StateOfDaemon />
      <ZoneSwitch />
      <ThemeSwitch />
    </header>
  );
}

function ZoneSwitch() {
  const other = zone.value === 'utc' ? 'local' : 'utc';
  return (
    <button
      type="button"
      class="quiet zone-switch"
      aria-label={`Times are in ${zoneInFull()}. Change to ${zoneName(other)}`}
      title={`Times are in ${zoneInFull()}. Change to ${zoneName(other)}`}
      onClick={() => {
        zone.value = other;
      }}
    >
      {zoneName()}
    </button>
  );
}

function ThemeSwitch() {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length]!;
  const said = `Colours: ${theme.value}. Change to ${next}`;
  return (
    <button
      type="button"
      class="quiet theme-switch"
      aria-label={said}
      title={said}
      onClick={() => {
        theme.value = next;
      }}
    >
      {icons[theme.value]}
    </button>
  );
}
