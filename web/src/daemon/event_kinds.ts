/** The kinds of events. Written by tools/generate from the kinds in src/event/. */
export type EventKind =
  | 'contact'
  | 'contact_end'
  | 'flow_start'
  | 'flow_end'
  | 'note'
  | 'attempt'
  | 'file'
  | 'credential'
  | 'payload'
  | 'scan'
  | 'icmp'
  | 'address_in_use'
  | 'lease'
  | 'daemon'
  | 'limit'
  | 'events_lost'
  | 'packets_lost'
  | 'packet';

/** Kinds that are of one sort to a person who looks for something. */
export const kindGroups: { name: string; kinds: EventKind[] }[] = [
  {
    name: 'Contacts',
    kinds: [
      'contact',
      'contact_end',
      'icmp',
    ],
  },
  {
    name: 'Scans',
    kinds: [
      'scan',
    ],
  },
  {
    name: 'Conversations',
    kinds: [
      'flow_start',
      'flow_end',
      'note',
      'attempt',
      'file',
      'payload',
    ],
  },
  {
    name: 'Credentials',
    kinds: [
      'credential',
    ],
  },
  {
    name: 'The daemon',
    kinds: [
      'address_in_use',
      'lease',
      'daemon',
      'limit',
      'events_lost',
      'packets_lost',
    ],
  },
];

export const kindNames: Record<EventKind, string> = {
  contact: 'contact',
  contact_end: 'quiet again',
  flow_start: 'connected',
  flow_end: 'closed',
  note: 'note',
  attempt: 'attempted',
  file: 'left a file',
  credential: 'credential',
  payload: 'said',
  scan: 'scan',
  icmp: 'icmp',
  address_in_use: 'address in use',
  lease: 'lease',
  daemon: 'daemon',
  limit: 'limit',
  events_lost: 'events lost',
  packets_lost: 'packets lost',
  packet: 'packet',
};

/** How a row is highlighted: a class of style/widgets.css. */
export const kindTones: Record<EventKind, string> = {
  contact: 'plain',
  contact_end: 'plain',
  flow_start: 'conversation',
  flow_end: 'conversation',
  note: 'speech',
  attempt: 'alarm',
  file: 'speech',
  credential: 'alarm',
  payload: 'speech',
  scan: 'scan',
  icmp: 'plain',
  address_in_use: 'warning',
  lease: 'status',
  daemon: 'status',
  limit: 'warning',
  events_lost: 'warning',
  packets_lost: 'warning',
  packet: 'plain',
};
