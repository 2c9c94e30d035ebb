/** The daemon's JSON under /api. Times are seconds since 1970. */

export interface Sink {
  name: string;
  written: number;
  waiting: number;
  lost: number;
  trouble: string;
  spool?: { events: number; bytes: number; capacity_bytes: number };
}

export interface Status {
  version: string;
  now: number;
  started: number;
  uptime_seconds: number;
  configuration: { file: string; loaded: number; statements_since: number; failure: string };
  claimed: string;
  claimed_addresses: number;
  interfaces: { name: string; lost_packets: number }[];
  bound_hosts: number;
  remembered_hosts: number;
  connections: number;
  half_open_connections: number;
  udp_flows: number;
  sessions: number;
  processes: number;
  sinks: Sink[];
  received_packets: number;
  received_bytes: number;
  sent_packets: number;
  sent_bytes: number;
  untransmitted_packets: number;
  dropped_packets: Record<string, number>;
  may_change: boolean;
}

/** The number of hosts of each template. */
export type TemplateCounts = Record<string, number>;

export interface TopologyNetwork {
  network: string;
  reached: boolean;
  hosts: TemplateCounts;
}

export interface TopologyLink {
  to: number;
  networks: string[];
  quality: string;
  tunnel: string;
}

export interface TopologyRouter {
  address: string;
  kind: string;
  entries: string[];
  networks: TopologyNetwork[];
  links: TopologyLink[];
}

export interface Topology {
  name: string;
  others: string;
  directly: TemplateCounts;
  lost: TemplateCounts;
  routers: TopologyRouter[];
}

export interface HostLine {
  address: string;
  template: string;
  personality: string;
  /** Number of contacts, and the time and source of the last; null: none in memory. */
  contacts: number;
  last_contact: number | null;
  last_source: string | null;
}

export interface HostPage {
  total: number;
  hosts: HostLine[];
}

export interface Host extends HostLine {
  explanation: string;
  ports: { protocol: string; port: number; action: string }[];
  defaults: { tcp: string; udp: string; icmp: string };
}

export interface SourceSummary {
  address: string;
  events: number;
  contacts: number;
  flows: number;
  credentials: number;
  hosts: number;
  hosts_counted?: 'exact' | 'estimate' | 'at_least';
  first: number;
  last: number;
}

export interface Rates {
  until: number;
  step_seconds: number;
  events: number[];
  contacts: number[];
  flows: number[];
}

export interface Activity {
  now: number;
  since: number;
  events: number;
  /** Listed conversations that are open. */
  open_flows: number;
  rates: Rates;
  sources: SourceSummary[];
  ports: { protocol: string; port: number; count: number }[];
  hosts: { address: string; count: number; last: number; last_source: string }[];
  credentials: { user: string; password: string; count: number }[];
}

/** A visitor of the last hour. */
export interface VisitorLine {
  address: string;
  events: number;
  last: number;
  /** Per minute, oldest first. */
  counts: number[];
  /** Last contacted first. */
  hosts: { address: string; first: number; last: number }[];
}

export interface Visitors {
  /** The end of the last minute. */
  until: number;
  step_seconds: number;
  steps: number;
  visitors: VisitorLine[];
  /** The number of others. */
  others: number;
}

export interface SessionLine {
  id: string;
  start: number;
  end: number | null;
  /** `outbound`: the host began it. */
  direction: 'inbound' | 'outbound';
  source: string;
  source_port: number;
  destination: string;
  destination_port: number;
  /** Of both directions the simulated one. */
  host: string;
  host_port: number;
  transport: string;
  received_bytes: number;
  sent_bytes: number;
  payloads: number;
  credentials: number;
}

export interface ConfigurationText {
  file: string;
  text: string;
  loaded: number;
  statements_since: number;
  failure: string;
}

export type Severity = 'error' | 'warning' | 'notice' | 'not yet';

export interface Diagnostic {
  severity: Severity;
  line: number;
  column: number;
  length: number;
  message: string;
  hint: string;
}

export interface CheckAnswer {
  ok: boolean;
  diagnostics: Diagnostic[];
}

export interface ChangeAnswer {
  ok: boolean;
  text: string;
}

export type TellVerdict = 'pass' | 'not applicable' | 'not run' | 'warn' | 'fail';

/** A way to recognise honeypots, and whether the hosts show it. */
export interface JudgedTell {
  id: string;
  name: string;
  verdict: TellVerdict;
  explanation: string;
  examined: number;
  concerned: number;
  hosts: string[];
  mend: string;
  source: string;
}

export interface Audit {
  subject: string;
  hosts: number;
  candidates: number;
  score: number | null;
  fails: boolean;
  tells: JudgedTell[];
}
