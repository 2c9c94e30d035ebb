import type { Topology, TopologyRouter, TemplateCounts } from '../daemon/interface';
import { type Network, networkAround, parseNetwork } from './address';

/** A network with hosts, at a router or, in a honeynet without routers, directly outside. */
export interface Subnet {
  name: string;
  network: Network;
  hosts: number;
  templates: TemplateCounts;
  reached: boolean;
  router?: Router;
}

export interface Tunnel {
  name: string;
  networks: string[];
}

export interface Router {
  index: number;
  data: TopologyRouter;
  /** The next router towards the outside; nothing for an entry. */
  parent?: Router;
  /** The quality of the link from the parent, as text. */
  quality: string;
  latencyMilliseconds: number;
  children: Router[];
  subnets: Subnet[];
  tunnels: Tunnel[];
}

/** The destination of a packet on the map. */
export interface Destination {
  subnet?: Subnet;
  router?: Router;
}

export class NetworkModel {
  readonly subnets: Subnet[] = [];
  private readonly destinations = new Map<number, Map<number, Destination>>();
  private lengths: number[] = [];

  constructor(
    readonly topology: Topology,
    readonly entries: Router[],
    readonly routers: Router[],
    directly?: Subnet,
  ) {
    for (const router of routers) {
      for (const network of router.data.entries) this.lead(parseNetwork(network), { router });
      for (const child of router.children) {
        const link = router.data.links.find(({ to, tunnel }) => to === child.index && !tunnel);
        for (const network of link?.networks ?? []) this.lead(parseNetwork(network), { router: child });
      }
      for (const subnet of router.subnets) this.addSubnet(subnet);
    }
    if (directly) this.addSubnet(directly);
  }

  /** By longest prefix match, as in routers. */
  find(address: number): Destination | undefined {
    for (const length of this.lengths) {
      const found = this.destinations.get(length)!.get(networkAround(address, length).base);
      if (found) return found;
    }
    return undefined;
  }

  private addSubnet(subnet: Subnet): void {
    this.subnets.push(subnet);
    this.lead(subnet.network, { subnet, router: subnet.router });
  }

  private lead({ base, length }: Network, destination: Destination): void {
    const known = this.destinations.get(length) ?? new Map<number, Destination>();
    this.destinations.set(length, known.set(base, destination));
    this.lengths = [...this.destinations.keys()].sort((one, other) => other - one);
  }
}

export const sum = (templates: TemplateCounts) =>
  Object.values(templates).reduce((total, hosts) => total + hosts, 0);

/** `flat`: the network of the hosts that are behind no router, if any. */
export function buildModel(topology: Topology, flat?: Network, flatName = ''): NetworkModel {
  const routers = topology.routers.map(makeRouter);
  const reached = new Set<Router>();
  const entries = routers.filter(({ data }) => data.entries.length > 0);
  for (const start of [...entries, ...routers]) {
    // routers without a link to them come last, as roots
    if (reached.has(start)) continue;
    if (!entries.includes(start)) entries.push(start);
    reached.add(start);
    spread(start, routers, reached);
  }
  const directly = flat && {
    name: flatName,
    network: flat,
    hosts: sum(topology.directly),
    templates: topology.directly,
    reached: true,
  };
  return new NetworkModel(topology, entries, routers, directly);
}

function makeRouter(data: TopologyRouter, index: number): Router {
  const router: Router = {
    index,
    data,
    quality: '',
    latencyMilliseconds: 0,
    children: [],
    subnets: [],
    tunnels: [],
  };
  router.subnets = data.networks.map(({ network, reached, hosts }) => ({
    name: network,
    network: parseNetwork(network),
    hosts: sum(hosts),
    templates: hosts,
    reached,
    router,
  }));
  router.tunnels = data.links
    .filter(({ tunnel }) => tunnel)
    .map(({ tunnel, networks }) => ({ name: tunnel, networks }));
  return router;
}

/** Breadth first, so that in a graph each router is attached at its shortest path. */
function spread(start: Router, routers: Router[], reached: Set<Router>): void {
  const queue = [start];
  for (let router = queue.shift(); router; router = queue.shift()) {
    for (const { to, quality, tunnel } of router.data.links) {
      const child = tunnel ? undefined : routers[to];
      if (!child || reached.has(child)) continue;
      reached.add(child);
      child.parent = router;
      child.quality = quality;
      child.latencyMilliseconds = Number(/^([\d.]+)\s*ms/.exec(quality)?.[1] ?? 0);
      router.children.push(child);
      queue.push(child);
    }
  }
}
