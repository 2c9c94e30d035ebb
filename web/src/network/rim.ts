import type { Visitors } from '../daemon/interface';
import { parseAddress, scatter } from './address';
import { type Seen, seenAt } from './visitors';

/** A visitor at the rim of the outside. */
export interface RimVisitor extends Seen {
  slot: number;
  /** The time of its last live event, by performance.now(). */
  lastSeen: number;
}

export const rimSlots = 12;
const flashMilliseconds = 2500;

/** The visitors with most events. Each keeps its place while it is shown. */
export class Rim {
  visitors: RimVisitor[] = [];
  /** The number of visitors not shown. */
  others = 0;
  isPast = false;

  /** Shows the state of `back` minutes ago. */
  show(response: Visitors, back: number): void {
    const seen = seenAt(response, back);
    const shown = seen.slice(0, rimSlots);
    const before = new Map(this.visitors.map((visitor) => [visitor.address, visitor]));
    const taken = new Set<number>();
    for (const { address } of shown) {
      const known = before.get(address);
      if (known) taken.add(known.slot);
    }
    this.visitors = shown.map((each) => {
      const known = before.get(each.address);
      return {
        ...each,
        slot: known?.slot ?? freeSlot(each.address, taken),
        lastSeen: known?.lastSeen ?? -Infinity,
      };
    });
    this.others = seen.length - shown.length + response.others;
    this.isPast = back > 0;
  }

  /** Records an event of `address`. */
  note(address: string, now: number): void {
    if (this.isPast) return;
    const known = this.visitors.find((visitor) => visitor.address === address);
    if (known) {
      ++known.events;
      known.isActive = true;
      known.lastSeen = now;
      known.last = Date.now() / 1000;
    } else if (this.visitors.length < rimSlots) {
      const taken = new Set(this.visitors.map(({ slot }) => slot));
      const slot = freeSlot(address, taken);
      const last = Date.now() / 1000;
      this.visitors.push({ address, events: 1, last, isActive: true, hosts: [], slot, lastSeen: now });
    }
  }

  /** The starting point of events of `source` on the rim, from 0 to 1. */
  shareOf(source: number): number {
    const known = this.visitors.find(({ address }) => parseAddress(address) === source);
    return shareOfSlot(known?.slot ?? scatter(source) % rimSlots);
  }

  isFlashing(now: number): boolean {
    return this.visitors.some((visitor) => flashOf(visitor, now) > 0);
  }
}

export const shareOfSlot = (slot: number) => (slot + 0.5) / rimSlots;

/** From 1, directly after an event, to 0. */
export const flashOf = ({ lastSeen }: RimVisitor, now: number) =>
  Math.max(0, 1 - (now - lastSeen) / flashMilliseconds);

/** The place of an address, or the next free one. */
function freeSlot(address: string, taken: Set<number>): number {
  let slot = scatter(parseAddress(address)) % rimSlots;
  while (taken.has(slot)) slot = (slot + 1) % rimSlots;
  taken.add(slot);
  return slot;
}
