// The mock daemon's memory of its events, and responses from it.
import { inNetwork, toNumber } from './mock_honeynet.mjs';

const mostEvents = 100_000;
const seconds = (event) => Date.parse(event['@timestamp']) / 1000;
const largest = (map) =>
  [...map.values()]
    .sort((one, other) => (other.count ?? other.events) - (one.count ?? one.events))
    .slice(0, 50);

export function matches(event, filter) {
  const { source, destination } = event;
  if (filter.has('kind') && !filter.get('kind').split(',').includes(event.event.action)) return false;
  if (filter.has('source') && !(source && inNetwork(source.ip, filter.get('source')))) return false;
  if (filter.has('host') && !(destination && inNetwork(destination.ip, filter.get('host')))) return false;
  if (filter.has('port') && destination?.port !== Number(filter.get('port'))) return false;
  return !filter.has('text') || event.message.includes(filter.get('text'));
}

export class Memory {
  events = [];
  total = 0;
  since = Date.now() / 1000 - 600;
  sources = new Map();
  hosts = new Map();
  ports = new Map();
  credentials = new Map();
  flows = new Map();
  rates = new Map();

  add(event) {
    this.events.push(event);
    if (this.events.length > mostEvents * 1.2) this.events = this.events.slice(-mostEvents);
    ++this.total;
    const at = seconds(event);
    const action = event.event.action;
    const rate = this.rates.get(Math.floor(at)) ?? { events: 0, contacts: 0, flows: 0 };
    ++rate.events;
    if (action === 'contact') ++rate.contacts;
    if (action === 'flow_start') ++rate.flows;
    this.rates.set(Math.floor(at), rate);
    if (event.source) this.addSource(event, action, at);
    if (event.destination) {
      const host = count(this.hosts, event.destination.ip, { address: event.destination.ip });
      Object.assign(host, { last: at, last_source: event.source?.ip });
      this.hosts.delete(host.address); // the latest is last
      this.hosts.set(host.address, host);
    }
    if (event.source) this.addVisitor(event, at);
    if (event.destination?.port && action === 'contact')
      count(this.ports, event.destination.port, { protocol: 'tcp', port: event.destination.port });
    if (action === 'credential') {
      const [user, password] = [event.apiary.credential.user.text, event.apiary.credential.password.text];
      count(this.credentials, `${user} ${password}`, { user, password });
    }
    const flow = action === 'flow_start' ? event.event.id : event.apiary.flow;
    if (flow) (this.flows.get(flow) ?? this.flows.set(flow, []).get(flow)).push(event);
  }

  addSource(event, action, at) {
    const { ip } = event.source;
    const known = this.sources.get(ip) ?? {
      address: ip,
      events: 0,
      contacts: 0,
      flows: 0,
      credentials: 0,
      hosts: 0,
      first: at,
      touched: new Set(),
    };
    ++known.events;
    if (action === 'contact') ++known.contacts;
    if (action === 'flow_start') ++known.flows;
    if (action === 'credential') ++known.credentials;
    if (event.destination) known.touched.add(event.destination.ip);
    known.hosts = known.touched.size;
    known.last = at;
    this.sources.set(ip, known);
  }

  visitorsByMinute = new Map();

  addVisitor(event, at) {
    const { ip } = event.source;
    const known = this.visitorsByMinute.get(ip) ?? { counts: new Map(), hosts: new Map() };
    const minute = Math.floor(at / 60);
    known.counts.set(minute, (known.counts.get(minute) ?? 0) + 1);
    known.last = at;
    if (event.destination) {
      const first = known.hosts.get(event.destination.ip)?.first ?? at;
      known.hosts.set(event.destination.ip, { first, last: at });
    }
    this.visitorsByMinute.set(ip, known);
  }

  visitors() {
    const end = Math.floor(Date.now() / 60_000) + 1;
    const all = [...this.visitorsByMinute].map(([address, { counts, hosts, last }]) => {
      const series = Array.from({ length: 60 }, (_, i) => counts.get(end - 60 + i) ?? 0);
      return {
        address,
        events: series.reduce((sum, value) => sum + value, 0),
        last,
        counts: series,
        hosts: [...hosts]
          .map(([host, { first, last: at }]) => ({ address: host, first, last: at }))
          .sort((one, other) => other.last - one.last)
          .slice(0, 12),
      };
    });
    all.sort((one, other) => other.events - one.events);
    return {
      until: end * 60,
      step_seconds: 60,
      steps: 60,
      visitors: all.slice(0, 200),
      others: Math.max(0, all.length - 200),
    };
  }

  activity() {
    const until = Math.floor(Date.now() / 1000);
    const series = (name) =>
      Array.from({ length: 900 }, (_, i) => this.rates.get(until - 899 + i)?.[name] ?? 0);
    return {
      now: Date.now() / 1000,
      since: this.since,
      events: this.total,
      open_flows: this.sessions(new URLSearchParams('limit=1000')).sessions.filter(({ end }) => end === null)
        .length,
      rates: {
        until,
        step_seconds: 1,
        events: series('events'),
        contacts: series('contacts'),
        flows: series('flows'),
      },
      sources: largest(this.sources).map(({ touched, ...source }) => source),
      ports: largest(this.ports),
      hosts: largest(this.hosts),
      credentials: largest(this.credentials),
    };
  }

  latest(filter) {
    const limit = Math.min(Number(filter.get('limit') ?? 200), 1000);
    const before = filter.get('before') ?? '~';
    const found = [];
    let i = this.events.length - 1;
    for (; i >= 0 && found.length < limit; --i) {
      if (this.events[i].event.id < before && matches(this.events[i], filter)) found.push(this.events[i]);
    }
    return { events: found, more: i >= 0 };
  }

  source(address) {
    const { touched, ...source } = this.sources.get(address) ?? {};
    return {
      source: source.address ? source : null,
      events: this.events.filter((event) => event.source?.ip === address).slice(-1000),
    };
  }

  sessions(asked) {
    const address = asked.get('address') ?? '';
    return {
      sessions: [...this.flows.entries()]
        .reverse()
        .map(([id, events]) => sessionLine(id, events))
        .filter(
          ({ source, host, host_port, credentials }) =>
            (!asked.has('credentials') || credentials > 0) &&
            (source.includes(address) || host.includes(address) || String(host_port) === address),
        )
        .slice(0, Math.min(Number(asked.get('limit') ?? 200), 1000)),
    };
  }
}

function count(map, key, fresh) {
  const entry = map.get(key) ?? { ...fresh, count: 0 };
  ++entry.count;
  map.set(key, entry);
  return entry;
}

function sessionLine(id, events) {
  const [first] = events;
  const end = events.find((event) => event.event.action === 'flow_end');
  const bytes = (from) =>
    events.reduce((sum, { apiary }) => sum + (apiary.payload?.from === from ? apiary.payload.bytes : 0), 0);
  return {
    id,
    start: seconds(first),
    end: end ? seconds(end) : null,
    source: first.source.ip,
    source_port: first.source.port,
    direction: 'inbound',
    destination: first.destination.ip,
    destination_port: first.destination.port,
    host: first.destination.ip,
    host_port: first.destination.port,
    transport: 'tcp',
    received_bytes: bytes('visitor'),
    sent_bytes: bytes('host'),
    payloads: events.filter((event) => event.event.action === 'payload').length,
    credentials: events.filter((event) => event.event.action === 'credential').length,
  };
}

export function findHosts(all, asked, contacted) {
  const hosts =
    asked.get('order') === 'contact'
      ? [...contacted.keys()]
          .reverse()
          .map((address) => all.find((host) => host.address === address))
          .filter(Boolean)
      : all;
  const text = (asked.get('query') ?? '').toLowerCase();
  const [offset, limit] = [
    Number(asked.get('offset') ?? 0),
    Math.min(Number(asked.get('limit') ?? 200), 1000),
  ];
  const found = !text
    ? hosts
    : /^[\d.]+\/\d+$/.test(text)
      ? inRange(hosts, text)
      : hosts.filter(({ address, template, personality }) =>
          `${address} ${template} ${personality}`.toLowerCase().includes(text),
        );
  return {
    total: found.length,
    hosts: found.slice(offset, offset + limit).map((host) => {
      const known = contacted.get(host.address);
      return {
        ...host,
        contacts: known?.count ?? 0,
        last_contact: known?.last ?? null,
        last_source: known?.last_source ?? null,
      };
    }),
  };
}

function inRange(hosts, network) {
  const [base, length] = network.split('/');
  const size = 2 ** (32 - Number(length));
  const low = Math.floor(toNumber(base) / size) * size;
  return hosts.filter(({ address }) => toNumber(address) >= low && toNumber(address) < low + size);
}
