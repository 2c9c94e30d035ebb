import { activity } from '../daemon/poll';
import { hostPage, sourcePage } from '../shell/route';
import { Bars } from '../widgets/bars';

/** The most active sources, hosts and ports, and the credentials tried most. */
export function Tops() {
  const known = activity.value;
  const { sources = [], hosts = [], ports = [], credentials = [] } = known ?? {};
  const none = (sentence: string) => (known ? sentence : 'Loading ...');
  return (
    <div class="tops">
      <Bars
        title="Sources"
        none={none('Nobody yet.')}
        bars={sources.map(({ address, events }) => ({
          key: address,
          name: address,
          value: events,
          href: sourcePage(address),
        }))}
      />
      <Bars
        title="Hosts"
        none={none('None contacted yet.')}
        bars={hosts.map(({ address, count }) => ({
          key: address,
          name: address,
          value: count,
          href: hostPage(address),
        }))}
      />
      <Bars
        title="Ports"
        none={none('None tried yet.')}
        bars={ports.map(({ protocol, port, count }) => ({
          key: `${protocol} ${port}`,
          name: `${port}/${protocol}`,
          value: count,
          href: `#/activity?port=${port}`,
        }))}
      />
      <Bars
        title="Credentials tried"
        none={none('No login attempts yet.')}
        bars={credentials.map(({ user, password, count }) => ({
          key: JSON.stringify([user, password]),
          name: `${user || '(no name)'} / ${password || '(nothing)'}`,
          value: count,
        }))}
      />
    </div>
  );
}
