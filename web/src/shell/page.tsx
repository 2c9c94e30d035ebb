import type { FunctionComponent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { ActivityView } from '../activity/activity_view';
import { AuditView } from '../audit/audit_view';
import { ConfigurationView } from '../configuration/configuration_view';
import { HostsView } from '../hosts/hosts_view';
import { NetworkView } from '../network/network_view';
import { SessionsView } from '../sessions/sessions_view';
import { ConnectionBanner } from './connection_banner';
import { Header } from './header';
import { type ViewName, route } from './route';
import { TokenDialog } from './token_dialog';

const views: Record<ViewName, FunctionComponent> = {
  network: NetworkView,
  activity: ActivityView,
  sessions: SessionsView,
  hosts: HostsView,
  audit: AuditView,
  configuration: ConfigurationView,
};

export function Page() {
  const { view, rest } = route.value;
  const View = views[view];
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = ['Apiary', view, ...rest].join(' · ');
    scrollTo(0, 0);
  }, [view, rest.join('/')]);
  const skip = (event: Event) => {
    // a link would change the route
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to content
      </a>
      <Header />
      <ConnectionBanner />
      <main id="main" class={`view view-${view}`} ref={main} tabIndex={-1}>
        <View />
      </main>
      <TokenDialog />
    </>
  );
}
