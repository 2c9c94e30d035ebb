// A mock daemon: serves dist/ with the security headers of the real one, and implements the whole HTTP
// interface for an invented honeynet.
//   node tests/mock.mjs [--port 8480] [--hosts 245] [--rate 8] [--flat] [--quiet] [--token secret] [--code once]
// `silent`: the stream sends nothing, not even at its start. `sluggish`: the delay in milliseconds of
// activity, events and visitors. `shuffled`: notes on a conversation precede its data. `code`: what /api/login
// exchanges for the token, once. `open`: requests need no token, as at a Unix socket.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { makeAudit } from './mock_audit.mjs';
import { checkText, configurationText } from './mock_configuration.mjs';
import { makeEvent, someEvents } from './mock_events.mjs';
import { describeHost, makeHosts, makeTopology } from './mock_honeynet.mjs';
import { Memory, findHosts, matches } from './mock_memory.mjs';

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Responds until `close()`. `rate`: events per second; `quiet`: no host has been contacted. */
export async function startMock({
  port = 0,
  hosts: total = 245,
  rate = 8,
  flat = false,
  quiet = false,
  token = 'secret',
  code = '',
  open = false,
  silent = false,
  sluggish = 0,
  shuffled = false,
} = {}) {
  const hosts = makeHosts(total, flat);
  const topology = makeTopology(hosts, flat);
  const memory = new Memory();
  const streams = new Set();
  const started = Date.now() / 1000 - 274_000;
  let configuration = {
    file: '/etc/apiary/figure5.conf',
    text: configurationText,
    loaded: started,
    statements_since: 0,
    failure: '',
  };

  const planned = []; // events of open conversations, by time
  const tell = (event) => {
    memory.add(event);
    for (const { filter, response } of streams) {
      if (matches(event, filter)) response.write(`id: ${event.event.id}\ndata: ${JSON.stringify(event)}\n\n`);
    }
  };
  const tellDue = (now) => {
    planned.sort((one, other) => one.at - other.at);
    while (planned.length > 0 && planned[0].at <= now) tell(planned.shift().event);
  };
  const plan = (at) => {
    for (const event of someEvents(at, hosts)) planned.push({ at: Date.parse(event['@timestamp']), event });
  };
  if (!quiet) {
    tell(
      makeEvent('daemon', Date.now() - 600_000, 'answering for 10.0.0.0/8', undefined, undefined, undefined, {
        daemon: 'start',
      }),
    );
    for (let at = Date.now() - 600_000; at < Date.now(); at += 1000 / Math.min(rate || 8, 40)) {
      plan(at);
      tellDue(at);
    }
  }
  let owed = 0;
  const ticker = setInterval(() => {
    for (owed += quiet ? 0 : rate / 25; owed >= 1; --owed) plan(Date.now());
    tellDue(Date.now());
  }, 40);

  const status = (mayChange) => ({
    version: '0.1.0',
    now: Date.now() / 1000,
    started,
    uptime_seconds: Date.now() / 1000 - started,
    configuration: {
      file: configuration.file,
      loaded: configuration.loaded,
      statements_since: configuration.statements_since,
      failure: configuration.failure,
    },
    claimed: flat ? '192.168.1.0/24' : '10.0.0.0/8',
    claimed_addresses: flat ? 256 : 16_777_216,
    interfaces: [
      { name: 'eth0', lost_packets: 0 },
      { name: 'tun:hive', lost_packets: 0 },
    ],
    bound_hosts: hosts.length,
    remembered_hosts: memory.hosts.size,
    connections: 37,
    half_open_connections: 3,
    udp_flows: 4,
    sessions: 12,
    processes: 11,
    sinks: [
      { name: '/var/lib/apiary/events.db', written: memory.total, waiting: 0, lost: 0, trouble: '' },
      { name: 'udp:loghost', written: memory.total, waiting: 4, lost: 0, trouble: '' },
    ],
    received_packets: memory.total * 7,
    received_bytes: memory.total * 520,
    sent_packets: memory.total * 6,
    sent_bytes: memory.total * 480,
    untransmitted_packets: 0,
    dropped_packets: { bad_checksum: 12, not_for_us: 4031, too_many_connections: 2 },
    may_change: mayChange,
  });

  const answer = async (request, url, mayChange) => {
    const [, , name, argument] = url.pathname.split('/');
    const asked = url.searchParams;
    if (request.method !== 'GET') {
      const body = await bodyOf(request);
      if (argument === 'check')
        return {
          ok: checkText(body).every(({ severity }) => severity !== 'error'),
          diagnostics: checkText(body),
        };
      if (name === 'reload') return { ok: true, text: 'reloaded /etc/apiary/figure5.conf' };
      const wrong = checkText(body).filter(({ severity }) => severity === 'error');
      if (wrong.length > 0)
        return {
          ok: false,
          text: wrong.map(({ line, message }) => `figure5.conf:${line}: error: ${message}`).join('\n'),
        };
      configuration = { ...configuration, text: body, loaded: Date.now() / 1000, statements_since: 1 };
      return { ok: true, text: 'no remarks' };
    }
    switch (name) {
      case 'status':
        return status(mayChange);
      case 'audit':
        return makeAudit(hosts);
      case 'topology':
        return topology;
      case 'hosts':
        return findHosts(hosts, asked, memory.hosts);
      case 'visitors':
        return memory.visitors();
      case 'host': {
        const host = hosts.find(({ address }) => address === argument);
        return host ? describeHost(host) : { status: 404, error: `nobody is at ${argument}` };
      }
      case 'activity':
        return memory.activity();
      case 'events':
        return memory.latest(asked);
      case 'source':
        return memory.source(decodeURIComponent(argument));
      case 'sessions':
        return memory.sessions(asked);
      case 'session':
        return memory.flows.has(argument)
          ? { events: shuffled ? notesFirst(memory.flows.get(argument)) : memory.flows.get(argument) }
          : { status: 404, error: 'there is no such conversation in memory' };
      case 'configuration':
        return configuration;
    }
    return { status: 404, error: 'there is nothing here' };
  };

  // Like the daemon's, with fewer columns.
  const sendExport = (url, response) => {
    const what = url.pathname.split('/').at(-1);
    const format = url.searchParams.get('format');
    const rows =
      what === 'events'
        ? memory.events.filter((event) => matches(event, url.searchParams))
        : what === 'sessions'
          ? memory.sessions(url.searchParams).sessions
          : findHosts(hosts, url.searchParams, memory.hosts).hosts;
    response.setHeader('Content-Disposition', `attachment; filename="apiary-${what}-20261125T051400Z.${format}"`);
    response.setHeader('Content-Type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json');
    if (format === 'json') return response.end(JSON.stringify({ [what]: rows }));
    const line = (row) => row.event?.id ?? row.id ?? row.address;
    response.end(['id', ...rows.map(line)].join('\r\n') + '\r\n');
  };

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://mock');
    response.setHeader('Content-Security-Policy', policy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    const mayChange = open || request.headers.authorization === `Bearer ${token}`;
    if (url.pathname === '/api/login') {
      const isRight = code !== '' && (await bodyOf(request)) === code;
      if (isRight) code = '';
      response.writeHead(isRight ? 200 : 403, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(isRight ? { token } : { error: 'this URL has been used already' }));
    } else if (url.pathname.startsWith('/api/') && !mayChange) {
      response.writeHead(401, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ error: 'a token is required' }));
    } else if (url.pathname === '/api/stream' && silent) {
      request.resume();
    } else if (url.pathname.startsWith('/api/export/')) {
      sendExport(url, response);
    } else if (url.pathname === '/api/stream') {
      const stream = { filter: url.searchParams, response };
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(':\n\n');
      streams.add(stream);
      request.on('close', () => streams.delete(stream));
    } else if (url.pathname.startsWith('/api/')) {
      if (/activity|events|visitors/.test(url.pathname)) await new Promise((go) => setTimeout(go, sluggish));
      const { status: code = 200, ...body } = await answer(
        request,
        url,
        mayChange,
      );
      response.writeHead(code, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(body));
    } else {
      await serveFile(url.pathname, response);
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    token,
    port: server.address().port,
    close: () =>
      new Promise((resolve) => {
        clearInterval(ticker);
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** Moves notes before the bytes, with the same time. */
function notesFirst(events) {
  const bytes = events.findIndex(({ apiary }) => apiary.payload?.text.includes('letmein'));
  const isNote = ({ event }) => ['note', 'credential'].includes(event.action);
  const notes = events.filter(isNote).map((event) => ({ ...event, '@timestamp': events[bytes]['@timestamp'] }));
  return [...notes, ...events.filter((event) => !isNote(event)).reverse()];
}

/** A mock for one test, closed after it. */
export async function mockFor(context, settings) {
  const mock = await startMock(settings);
  context.after(() => mock.close());
  return mock;
}

async function serveFile(path, response) {
  const file = join(dist, normalize(path === '/' ? '/index.html' : path));
  try {
    const content = await readFile(file);
    response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' });
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8480' },
      hosts: { type: 'string', default: '245' },
      rate: { type: 'string', default: '8' },
      flat: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      token: { type: 'string', default: 'secret' },
      code: { type: 'string', default: '' },
    },
  });
  const mock = await startMock({
    ...values,
    port: Number(values.port),
    hosts: Number(values.hosts),
    rate: Number(values.rate),
  });
  console.log(`${mock.url}/#token=${values.token}`);
}
