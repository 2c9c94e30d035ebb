/** An event of the daemon (docs/events.md): ECS fields, and others under `apiary`. */

import type { EventKind } from './event_kinds';

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
  file?: { path: string; size?: number; hash?: { sha256: string } };
  apiary: {
    template?: string;
    flow?: string;
    end?: string;
    service?: string;
    note?: string;
    payload?: Payload;
    payload_cut?: boolean;
    attempt?: { call: string; address?: string; port?: number; path?: string };
    credential?: { user: SaidBytes; password: SaidBytes };
    scan?: Scan;
    daemon?: string;
  };
}

/** Seconds since 1970, to the microsecond, the precision of a double. */
export function timeOf(event: ApiaryEvent): number {
  return Date.parse(event['@timestamp']) / 1000;
}

/** The conversation that an event belongs to, as /api/session names it. */
export function flowOf(event: ApiaryEvent): string | undefined {
  return event.event.action === 'flow_start' ? event.event.id : event.apiary.flow;
}
