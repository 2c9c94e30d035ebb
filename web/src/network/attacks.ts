import type { ApiaryEvent } from '../daemon/event';
import { parseAddress } from './address';
import { cellAt } from './comb';
import { cellOf, rangeOf } from './contents';
import { Glow } from './glow';
import type { Layout, Place } from './layout';
import type { NetworkModel } from './model';
import { type Pulse, makePulse } from './pulse';
import { Rim } from './rim';

/** A scan as a sweep over the cells of a comb. */
export interface Sweep {
  place: Place;
  start: number;
  lowest: number;
  highest: number;
  /** The part of the comb that it has passed, from 0 to 1. */
  share: number;
}

const mostPulses = 120;
const mostAddresses = 48;
const togetherMilliseconds = 140;
export const sweepMilliseconds = 1500;

/** The moving parts of the map, independent of the canvas. `advance()` returns whether to draw. */
export class Attacks {
  pulses: Pulse[] = [];
  sweeps: Sweep[] = [];
  readonly rim = new Rim();
  readonly glow = new Glow();
  private model?: NetworkModel;
  private layout?: Layout;

  constructor(private readonly isStill: () => boolean) {}

  /** Switches to a new map: pulses in flight on the old one arrive immediately. */
  moveTo(model: NetworkModel, layout: Layout, now: number): void {
    this.model = model;
    this.layout = layout;
    this.glow.follow(layout);
    for (const pulse of this.pulses) this.arrive(pulse.addresses, now);
    this.pulses = [];
    this.sweeps = [];
  }

  take(event: ApiaryEvent, now: number): void {
    if (!this.layout || !event.source) return;
    this.rim.note(event.source.ip, now);
    if (event.apiary.scan) {
      this.takeScan(
        parseAddress(event.apiary.scan.lowest_host),
        parseAddress(event.apiary.scan.highest_host),
        now,
      );
    } else if (event.destination) {
      this.takeContact(parseAddress(event.destination.ip), parseAddress(event.source.ip), now);
    }
  }

  advance(now: number): 'moving' | 'cooling' | 'still' {
    const arrived = this.pulses.filter((pulse) => now >= pulse.start + pulse.ends.at(-1)!);
    for (const { addresses } of arrived) this.arrive(addresses, now);
    if (arrived.length > 0) this.pulses = this.pulses.filter((pulse) => !arrived.includes(pulse));
    for (const sweep of this.sweeps) this.pass(sweep, now);
    this.sweeps = this.sweeps.filter(({ share }) => share < 1);
    if (this.pulses.length + this.sweeps.length > 0 || this.rim.isFlashing(now)) return 'moving';
    return this.glow.state(now);
  }

  private takeContact(address: number, source: number, now: number): void {
    const place = this.placeOf(address);
    if (!place || this.isStill()) return this.arrive([address], now);
    const companion = this.pulses.findLast(
      (pulse) => pulse.place === place && now - pulse.start < togetherMilliseconds,
    );
    if (companion && companion.addresses.length < mostAddresses) companion.addresses.push(address);
    else if (this.pulses.length < mostPulses)
      this.pulses.push(makePulse(this.layout!, place, address, this.rim.shareOf(source), now));
    else this.arrive([address], now);
  }

  /** The cells of the hosts that visitors at the rim contacted, by place; while the past is shown. */
  pastCells(): Map<Place, Set<number>> {
    const cells = new Map<Place, Set<number>>();
    for (const host of this.rim.visitors.flatMap(({ hosts }) => hosts)) {
      const place = this.layout && this.placeOf(parseAddress(host));
      if (!place) continue;
      const known = cells.get(place) ?? new Set();
      known.add(place.contents ? cellOf(place.contents, parseAddress(host)) : 0);
      cells.set(place, known);
    }
    return cells;
  }

  private placeOf(address: number): Place | undefined {
    const found = this.model?.find(address);
    if (found?.subnet) return this.layout!.ofSubnet.get(found.subnet);
    return found?.router && this.layout!.ofRouter.get(found.router);
  }

  private arrive(addresses: number[], now: number): void {
    for (const address of addresses) {
      const place = this.placeOf(address);
      if (place) this.glow.hit(place, place.contents ? cellOf(place.contents, address) : 0, now);
    }
  }

  private takeScan(lowest: number, highest: number, now: number): void {
    for (const place of this.layout!.places) {
      const network = place.subnet?.network;
      if (!network || highest < network.base || lowest >= network.base + 2 ** (32 - network.length)) continue;
      if (this.sweeps.some((sweep) => sweep.place === place)) continue;
      const sweep = { place, start: now, lowest, highest, share: 0 };
      if (this.isStill()) this.pass(sweep, now + sweepMilliseconds);
      else this.sweeps.push(sweep);
    }
  }

  /** Lights the cells that the sweep has passed since the last call. */
  private pass(sweep: Sweep, now: number): void {
    const share = Math.min(1, (now - sweep.start) / sweepMilliseconds);
    const contents = sweep.place.contents!;
    const reach = sweep.place.radius / sweep.place.cell;
    for (let cell = 0; cell < contents.cells; ++cell) {
      const along = (cellAt(cell).x + reach) / (2 * reach);
      if (along <= sweep.share || along > share) continue;
      const range = rangeOf(contents, cell);
      if (!range || (range[1] >= sweep.lowest && range[0] <= sweep.highest))
        this.glow.hit(sweep.place, cell, now, 0.6);
    }
    sweep.share = share;
  }
}
