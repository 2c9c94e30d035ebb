import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';

import { ask } from '../daemon/client';
import type { HostPage, Topology, Visitors } from '../daemon/interface';
import { activity, status } from '../daemon/poll';
import { useAnswer } from '../widgets/answer';
import { Empty } from '../widgets/empty';
import { firstHost } from '../widgets/first_host';
import { counted } from '../widgets/format';
import { type Network, networkOfBoth, networkText, parseAddress } from './address';
import { selection } from './choice';
import { ChosenDetails } from './chosen_details';
import { unfoldSmallOnes } from './contents';
import { Map } from './map';
import { buildModel, sum } from './model';
import { Outline } from './outline';
import { Ticker } from './ticker';
import { VisitorList } from './visitor_list';

export function NetworkView() {
  const answer = useAnswer<Topology>('topology', 10);
  const visitors = useAnswer<Visitors>('visitors', 5).value.value;
  const text = JSON.stringify(answer.value.value ?? null);
  const topology = useMemo(() => JSON.parse(text) as Topology | null, [text]); // the same while it says the same
  const flat = useFlatNetwork(topology);
  const model = useMemo(() => {
    if (!topology || flat === undefined) return undefined;
    return buildModel(topology, flat?.network, flat?.name);
  }, [topology, flat]);
  useEffect(() => {
    if (model) void unfoldSmallOnes(model.subnets);
  }, [model]);

  if (answer.trouble.value && !model) return <p class="refusal">{answer.trouble.value}</p>;
  if (!model || !topology) return <p class="muted">Loading the network ...</p>;
  const hosts = model.subnets.reduce((total, subnet) => total + subnet.hosts, 0);
  return (
    <>
      <h1 class="for-readers">Network {topology.name}</h1>
      <div class="network">
        <section class="map-place panel" aria-label="Map">
          <p class="map-title">
            <b>{topology.name}</b>{' '}
            <span class="muted">
              {counted(hosts, 'host')}
              {topology.routers.length > 0 && `, ${counted(topology.routers.length, 'router')}`}
            </span>
          </p>
          {hosts === 0 && topology.routers.length === 0 ? (
            <Empty title="No host is bound.">
              Bind one in the <a href="#/configuration">configuration</a>: <code>bind 10.1.0.2 netbsd</code>
            </Empty>
          ) : (
            <Map model={model} visitors={visitors} />
          )}
          {activity.value?.events === 0 && hosts > 0 && (
            <p class="map-hint">
              No host has been contacted yet.
              {firstHost() && (
                <>
                  {' '}
                  Try: <code>ping {firstHost()}</code>
                </>
              )}
            </p>
          )}
          <Ticker />
        </section>
        <div class="network-side">
          {selection.value && (
            <ChosenDetails key={JSON.stringify(selection.value)} model={model} choice={selection.value} />
          )}
          <VisitorList response={visitors} />
          <Outline model={model} />
        </div>
      </div>
    </>
  );
}

interface FlatNetwork {
  network: Network;
  name: string;
}

/** The network of a honeynet without routers; null: it has routers; undefined: not loaded yet. */
function useFlatNetwork(topology: Topology | null): FlatNetwork | null | undefined {
  const found = useSignal<FlatNetwork | undefined>(undefined);
  const hosts = topology ? sum(topology.directly) : 0;
  const claimed = status.value?.claimed ?? '';
  useEffect(() => {
    if (hosts === 0) return;
    const leave = new AbortController();
    const page = (offset: number) =>
      ask<HostPage>(`hosts?offset=${offset}&limit=1`, { signal: leave.signal });
    Promise.all([page(0), page(hosts - 1)]).then(
      ([first, last]) => {
        const low = first.hosts[0];
        const high = last.hosts[0] ?? low;
        if (!low || !high) return;
        const network = networkOfBoth(parseAddress(low.address), parseAddress(high.address));
        found.value = {
          network,
          name: claimed.includes('/') && !claimed.includes(' ') ? claimed : networkText(network),
        };
      },
      () => {},
    );
    return () => leave.abort();
  }, [topology, claimed !== '']);
  return topology && hosts === 0 ? null : found.value;
}
