/** An event as the daemon tells it (docs/events.md): ECS, and the rest under `apiary`. */

export type EventKind =
  | 'contact'
  | 'contact_end'
  | 'icmp'
  | 'scan'
  | 'flow_start'
  | 'flow_end'
  | 'payload'
  | 'note'
  | 'credential'
  | 'address_in_use'
  | 'lease'
  | 'daemon'
  | 'limit'
  | 'events_lost'
  | 'packet';

export interface Endpoint {
  ip: string;
  port?: number;
  bytes?: number;
}

export interface SaidBytes {
  bytes: number;
  base64: string;
  text: string;
}

export interface Payload extends SaidBytes {
  from?: 'visitor' | 'host';
  offset?: number;
}

export interface Scan {
  over: boolean;
  hosts: number;
  ports: number;
  lowest_host: string;
  highest_host: string;
  first_ports: number[];
}

export interface ApiaryEvent {
  '@timestamp': string;
  event: { id: string; action: EventKind; start?: string; duration?: number };
  message: string;
  source?: Endpoint;
  destination?: Endpoint;
  network?: { transport: string };
  apiary: {
    template?: string;
    flow?: string;
    end?: string;
    service?: string;
    note?: string;
    payload?: Payload;
    payload_cut?: boolean;
    credential?: { user: SaidBytes; password: SaidBytes };
    scan?: Scan;
    daemon?: string;
  };
}

/** Seconds since 1970. What lies beyond the microsecond is lost, as doubles have no room for it. */
export function timeOf(event: ApiaryEvent): number {
  return Date.parse(event['@timestamp']) / 1000;
}

/** The conversation that an event belongs to, as /api/session names it. */
export function flowOf(event: ApiaryEvent): string | undefined {
  return event.event.action === 'flow_start' ? event.event.id : event.apiary.flow;
}

/** Kinds that are of one sort to a person who looks for something. */
export const kindGroups: { name: string; kinds: EventKind[] }[] = [
  { name: 'Contacts', kinds: ['contact', 'contact_end', 'icmp'] },
  { name: 'Scans', kinds: ['scan'] },
  { name: 'Conversations', kinds: ['flow_start', 'flow_end', 'payload', 'note'] },
  { name: 'Credentials', kinds: ['credential'] },
  { name: 'The daemon', kinds: ['daemon', 'limit', 'events_lost', 'address_in_use', 'lease'] },
];

export const kindNames: Record<EventKind, string> = {
  contact: 'contact',
  contact_end: 'quiet again',
  icmp: 'icmp',
  scan: 'scan',
  flow_start: 'connected',
  flow_end: 'closed',
  payload: 'said',
  note: 'note',
  credential: 'credential',
  address_in_use: 'address in use',
  lease: 'lease',
  daemon: 'daemon',
  limit: 'limit',
  events_lost: 'events lost',
  packet: 'packet',
};
