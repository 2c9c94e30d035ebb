// Visitors of an invented honeynet: their events in the daemon's format.
import { toText } from './mock_honeynet.mjs';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
let made = 0;

function identity(milliseconds) {
  let text = '';
  for (let rest = milliseconds, i = 0; i < 10; ++i, rest = Math.floor(rest / 32))
    text = alphabet[rest % 32] + text;
  let tail = '';
  for (let rest = ++made, i = 0; i < 16; ++i, rest = Math.floor(rest / 32)) tail = alphabet[rest % 32] + tail;
  return text + tail;
}

// A seeded generator, so that two runs show the same.
let state = 20261125;
const chance = () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
const below = (limit) => Math.floor(chance() * limit);
const oneOf = (list) => list[below(list.length)];

const sources = Array.from({ length: 240 }, (_, i) =>
  toText([0xc0000200, 0xc6336400, 0xcb007100][i % 3] + below(254) + 1),
);
const ports = [22, 22, 22, 23, 23, 80, 80, 443, 445, 3389, 8080, 5900, 21, 25, 1433, 6379];
const users = ['root', 'admin', 'user', 'test', 'ubuntu', 'pi', 'oracle', '<b>root</b>'];
const passwords = [
  '123456',
  'admin',
  'password',
  'root',
  'raspberry',
  'letmein',
  '"><img src=x onerror=alert(1)>',
  '',
];
const someSource = () => sources[Math.floor(sources.length * chance() ** 3)];

const said = (text) => {
  const buffer = Buffer.from(text, 'latin1');
  return {
    bytes: buffer.length,
    base64: buffer.toString('base64'),
    text: text.replace(/[^ -~]/g, '.').slice(0, 256),
  };
};

export function makeEvent(action, at, sentence, source, destination, transport, apiary, kind = 'event') {
  return {
    '@timestamp': `${new Date(at).toISOString().slice(0, -1)}${String(below(1e6)).padStart(6, '0')}Z`,
    ecs: { version: '8.11.0' },
    event: { id: identity(at), kind, category: ['network'], type: ['info'], action },
    message: sentence,
    ...(source && { source }),
    ...(destination && { destination }),
    ...(transport && {
      network: { transport, type: 'ipv4', community_id: '1:QxWzVDnL1dEoXmEOhvLvNvzhhkM=' },
    }),
    observer: { vendor: 'Apiary', product: 'apiary', type: 'honeypot', version: '0.1.0', hostname: 'hive' },
    apiary: { version: 1, ...apiary },
  };
}

const dialogue = [
  ['host', 'User Access Verification\r\n\r\nUsername: ', 0],
  ['visitor', '\xff\xfd\x01\xff\xfb\x1fadmin\r\n', 900],
  ['host', 'Password: ', 60],
  ['visitor', 'letmein\r\n', 1400],
  ['host', '\r\n% Login invalid\r\n\r\nUsername: ', 80],
  ['visitor', '<script>alert("bees")</script>\r\n', 2100],
  ['host', 'Password: ', 60],
  ['visitor', '\x1b[31mroot\x1b[0m\0\x7f\xe2\x80\xae\r\n', 1700],
  ['host', '\r\n% Bad passwords\r\n', 90],
];
const page =
  'HTTP/1.0 200 OK\r\nServer: Apache/1.3.23\r\nContent-Type: text/html\r\n\r\n<html><title>It works</title></html>\n';

/** A whole conversation: its events by time; each `at` is after `begin`. */
function conversation(begin, host) {
  const port = oneOf([23, 23, 80, 22]);
  const source = { ip: someSource(), port: 1024 + below(60000) };
  const destination = { ip: host.address, port };
  const line = `${source.ip}:${source.port} > ${host.address}:${port}`;
  const start = makeEvent(
    'flow_start',
    begin,
    `${line} tcp: connected to ${host.template}`,
    source,
    destination,
    'tcp',
    { template: host.template },
  );
  const flow = start.event.id;
  const events = [start];
  const offsets = { visitor: 0, host: 0 };
  let at = begin + 120;
  for (const [from, text, pause] of port === 80
    ? [
        ['visitor', 'GET / HTTP/1.0\r\nUser-Agent: zgrab/0.x\r\n\r\n', 80],
        ['host', page, 40],
      ]
    : dialogue) {
    at += pause;
    const payload = { ...said(text), from, offset: offsets[from] };
    offsets[from] += payload.bytes;
    events.push(
      makeEvent(
        'payload',
        at,
        `${line} tcp: ${from} said ${payload.bytes} bytes`,
        source,
        destination,
        'tcp',
        { flow, payload },
      ),
    );
    if (from === 'visitor' && text.includes('letmein')) {
      const [user, password] = [oneOf(users), oneOf(passwords)];
      const service = 'scripts/router-telnet.pl';
      events.push(
        makeEvent('note', at + 5, `${line} "${service}": login failed`, source, destination, 'tcp', {
          flow,
          service,
          note: `user="${user}" password="${password}"`,
        }),
      );
      events.push({
        ...makeEvent(
          'credential',
          at + 6,
          `${line} tcp: tried user "${user}" with password "${password}"`,
          source,
          destination,
          'tcp',
          { flow, service, credential: { user: said(user), password: said(password) } },
          'alert',
        ),
        user: { name: user },
      });
    }
  }
  events.push(
    makeEvent(
      'flow_end',
      at + 200,
      `${line} tcp: closed; ${offsets.visitor} bytes received, ${offsets.host} sent`,
      { ...source, bytes: offsets.visitor },
      { ...destination, bytes: offsets.host },
      'tcp',
      { flow, end: 'closed' },
    ),
  );
  return events;
}

function contact(at, host) {
  const source = { ip: someSource(), port: 1024 + below(60000) };
  if (below(5) === 0) {
    return makeEvent(
      'contact',
      at,
      `${source.ip} > ${host.address} icmp: echo request`,
      { ip: source.ip },
      { ip: host.address },
      'icmp',
      { template: host.template, probe: 'icmp_echo', icmp: { type: 8, code: 0 } },
    );
  }
  const port = oneOf(ports);
  return makeEvent(
    'contact',
    at,
    `${source.ip}:${source.port} > ${host.address}:${port} tcp: syn to a closed port`,
    source,
    { ip: host.address, port },
    'tcp',
    { template: host.template, probe: 'tcp_syn' },
  );
}

function scan(at, hosts) {
  const low = below(Math.max(1, hosts.length - 40));
  const high = Math.min(hosts.length - 1, low + 12 + below(hosts.length > 1000 ? 9000 : 60));
  const source = { ip: someSource() };
  const [lowest, highest] = [hosts[low].address, hosts[high].address];
  return makeEvent(
    'scan',
    at,
    `${source.ip} scans ${high - low} hosts from ${lowest} to ${highest}, port 22`,
    source,
    undefined,
    undefined,
    {
      scan: {
        over: false,
        hosts: high - low,
        ports: 1,
        lowest_host: lowest,
        highest_host: highest,
        first_ports: [22],
      },
      packets: { icmp: 0, tcp: high - low, udp: 0 },
    },
    'alert',
  );
}

/** Some events from `at` on (milliseconds since 1970). */
export function someEvents(at, hosts) {
  const host = chance() < 0.3 ? hosts[below(Math.min(40, hosts.length))] : oneOf(hosts);
  const dice = chance();
  if (dice < 0.03) return conversation(at, host);
  if (dice < 0.04) return [scan(at, hosts)];
  return [contact(at, host)];
}
