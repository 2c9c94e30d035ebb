import { HostDetails } from './host_details';
import { route } from '../shell/route';
import { HostTable } from './host_table';

export function HostsView() {
  const [address] = route.value.rest;
  if (!address) return <HostTable />;
  return (
    <>
      <div class="title-line">
        <h1>
          <a class="up" href="#/hosts">
            Hosts
          </a>{' '}
          <span class="mono">{address}</span>
        </h1>
        <a class="push" href={`#/activity?host=${encodeURIComponent(address)}`}>
          Its events, live
        </a>
      </div>
      <section class="panel panel-body host-page" aria-label={`Host ${address}`}>
        <HostDetails key={address} address={address} />
      </section>
    </>
  );
}
