import { type ApiaryEvent, timeOf } from '../daemon/event';
import type { EventKind } from '../daemon/event_kinds';

/** A part of a conversation, with its time in seconds from the beginning. */
export type Part =
  | { kind: 'said'; at: number; id: string; from: 'visitor' | 'host'; bytes: Uint8Array; offset: number }
  | { kind: 'remark'; at: number; id: string; text: string; isCredential: boolean };

export interface Transcript {
  parts: Part[];
  start: number;
  /** In seconds, to its end or to its last event. */
  length: number;
  isOver: boolean;
  source: string;
  sourcePort?: number;
  host: string;
  hostPort?: number;
  cut: boolean;
}

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

/** At the same time, bytes precede events derived from them. */
const ranks: Partial<Record<EventKind, number>> = { flow_start: 0, payload: 1, flow_end: 3 };
const rankOf = ({ event: { action } }: ApiaryEvent) => ranks[action] ?? 2;

/** Sorts by time to the nanosecond, then by kind, then by identity. */
function inOrder(one: ApiaryEvent, other: ApiaryEvent): number {
  const [here, there] = [one['@timestamp'], other['@timestamp']];
  if (here !== there) return here < there ? -1 : 1;
  return rankOf(one) - rankOf(other) || (one.event.id < other.event.id ? -1 : 1);
}

export function transcriptOf(unordered: ApiaryEvent[]): Transcript | undefined {
  const events = [...unordered].sort(inOrder);
  const first = events[0];
  if (!first) return undefined;
  const start = timeOf(first);
  const end = events.find((event) => event.event.action === 'flow_end');
  return {
    parts: events.map((event) => partOf(event, timeOf(event) - start)).filter((part) => part !== undefined),
    start,
    length: Math.max(0.001, timeOf(events.at(-1)!) - start), // the note on how a program ended follows the end
    isOver: end !== undefined,
    source: first.source?.ip ?? '',
    sourcePort: first.source?.port,
    host: first.destination?.ip ?? '',
    hostPort: first.destination?.port,
    cut: end?.apiary.payload_cut ?? false,
  };
}

function targetOf({ address, port, path }: { address?: string; port?: number; path?: string }): string {
  if (path !== undefined) return ` of ${path}`;
  return address === undefined ? '' : ` to ${address}:${port}`;
}

function partOf(event: ApiaryEvent, at: number): Part | undefined {
  const { id, action } = event.event;
  const { payload, credential, attempt, note, service, end } = event.apiary;
  const remark = (text: string, isCredential = false): Part => ({
    kind: 'remark',
    at,
    id,
    text,
    isCredential,
  });
  switch (action) {
    case 'payload':
      return (
        payload && {
          kind: 'said',
          at,
          id,
          from: payload.from ?? 'visitor',
          bytes: bytesOf(payload.base64),
          offset: payload.offset ?? 0,
        }
      );
    case 'credential':
      return (
        credential &&
        remark(`tried user "${credential.user.text}" with password "${credential.password.text}"`, true)
      );
    case 'attempt':
      return attempt && remark(`${service}: tried ${attempt.call}${targetOf(attempt)}; its sandbox refused`);
    case 'file':
      return remark(`${service}: left ${event.file!.path} of ${event.file!.size ?? 0} bytes`);
    case 'note':
      return remark(`${service}: ${note}`);
    case 'flow_start':
      return remark('connected');
    case 'flow_end':
      return remark(end ? `over: ${end}` : 'over');
    default:
      return undefined;
  }
}
