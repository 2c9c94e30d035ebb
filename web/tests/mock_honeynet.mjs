// An invented honeynet: five routers as in Figure 5, and any number of hosts.

export const routers = [
  {
    address: '10.0.0.1',
    kind: 'cisco',
    entries: ['10.0.0.0/8'],
    network: '10.0.0.0/24',
    links: [
      [1, '10.1.0.0/16', '55ms, loss 0.1%'],
      [2, '10.2.0.0/16', '20ms, loss 0.1%'],
      [3, '10.3.0.0/16', '10ms'],
    ],
  },
  {
    address: '10.1.0.1',
    kind: 'cisco',
    entries: [],
    network: '10.1.0.0/24',
    links: [[4, '10.1.128.0/17', '5ms, jitter 2ms']],
  },
  { address: '10.2.0.1', kind: '', entries: [], network: '10.2.0.0/24', links: [] },
  {
    address: '10.3.0.1',
    kind: 'cisco',
    entries: [],
    network: '10.3.0.0/16',
    links: [],
    tunnel: '192.0.2.1 to 198.51.100.1',
  },
  { address: '10.1.128.1', kind: '', entries: [], network: '10.1.128.0/22', links: [] },
];

const templates = {
  router: 'Cisco 7206 running IOS 11.1(24)',
  netbsd: 'NetBSD 1.6',
  linux: 'Linux 3.2 - 4.9',
  windows: 'Microsoft Windows Server 2008 R2 SP1',
  printer: 'HP LaserJet 4250 printer',
};

export const toText = (number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
export const toNumber = (text) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export function inNetwork(address, network) {
  const [base, length = '32'] = network.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size);
}

/** Small networks get some hosts each; the /16 gets the rest. */
export function makeHosts(total, flat) {
  const hosts = [];
  const add = (number, template) =>
    hosts.push({ address: toText(number), template, personality: templates[template] });
  const kinds = ['netbsd', 'linux', 'linux', 'windows', 'printer'];
  if (flat) {
    for (let i = 0; i < total; ++i) add(toNumber('192.168.1.10') + i, kinds[i % 5]);
    return hosts;
  }
  for (const [index, size] of [
    [0, 5],
    [1, 22],
    [2, 13],
    [4, 200],
  ]) {
    const base = toNumber(routers[index].network.split('/')[0]);
    add(base + 1, 'router');
    for (let i = 1; i < size && hosts.length < total - 1; ++i)
      add(base + 1 + i * (index === 4 ? 4 : 1), kinds[(i * 7) % 5]);
  }
  const base = toNumber('10.3.0.0');
  add(base + 1, 'router');
  for (let i = 2; hosts.length < total && i < 65536; ++i) add(base + i, kinds[(i * 3) % 5]);
  for (let i = 2; hosts.length < total; ++i) add(toNumber('10.2.0.0') + 20 + i, 'linux');
  return hosts.sort((one, other) => toNumber(one.address) - toNumber(other.address));
}

export function makeTopology(hosts, flat) {
  if (flat) return { name: 'flat.conf', others: '', directly: countOf(hosts), lost: {}, routers: [] };
  return {
    name: 'figure5.conf',
    others: 'linux',
    directly: {},
    lost: {},
    routers: routers.map((router) => ({
      address: router.address,
      kind: router.kind,
      entries: router.entries,
      networks: [
        {
          network: router.network,
          reached: true,
          hosts: countOf(hosts.filter(({ address }) => inNetwork(address, router.network))),
        },
      ],
      links: router.links
        .map(([to, network, quality]) => ({ to, networks: [network], quality, tunnel: '' }))
        .concat(
          router.tunnel ? [{ to: 0, networks: ['10.4.0.0/16'], quality: '', tunnel: router.tunnel }] : [],
        ),
    })),
  };
}

function countOf(hosts) {
  const sums = {};
  for (const { template } of hosts) sums[template] = (sums[template] ?? 0) + 1;
  return sums;
}

export function describeHost(host) {
  return {
    ...host,
    explanation:
      `${host.address} is bound to template ${host.template}\n` +
      `  figure5.conf:28: bind ${host.address} ${host.template}\n` +
      `  personality "${host.personality}" (figure5.conf:18)\n` +
      `a SYN to tcp port 80 is answered by service "sh scripts/web.sh" (figure5.conf:21)\n` +
      `path: 10.0.0.1, 10.1.0.1; 110 ms there and back`,
    ports: [
      { protocol: 'tcp', port: 22, action: 'proxy $ipsrc:22' },
      { protocol: 'tcp', port: 23, action: 'service "scripts/router-telnet.pl"' },
      { protocol: 'tcp', port: 80, action: 'service "sh scripts/web.sh"' },
      { protocol: 'udp', port: 161, action: 'open, no service' },
    ],
    defaults: { tcp: 'closed', udp: 'closed', icmp: 'open, no service' },
  };
}
