import { cellAt } from './comb';
import { cellOf } from './contents';
import { type Curve, curveBetween, nearSide } from './curve';
import type { Layout, Place } from './layout';
import type { Router } from './model';
import { pointOfOutside } from './outside';

/** An event that travels from the outside to a host. */
export interface Pulse {
  place: Place;
  /** The parts of its path, and the end of each in milliseconds from its start. */
  curves: Curve[];
  ends: number[];
  start: number;
  /** The addresses that glow when it arrives; events close together travel as one. */
  addresses: number[];
}

const hopMilliseconds = 260;
const arrivalMilliseconds = 300;

/** A slow link is slow on the map, within limits. */
const slowness = (router: Router | undefined) => Math.min(600, (router?.latencyMilliseconds ?? 0) * 4);

/** `share` is its starting point on the rim of the outside. */
export function makePulse(layout: Layout, place: Place, address: number, share: number, now: number): Pulse {
  const { direction } = layout;
  const way: Place[] = [];
  for (let at: Place | undefined = place; at?.from; at = at.from) way.unshift(at);
  const curves: Curve[] = [];
  const ends: number[] = [];
  let from = pointOfOutside(layout, share);
  let end = 0;
  for (const step of way) {
    curves.push(curveBetween(from, nearSide(step, direction), direction));
    end += hopMilliseconds + slowness(step.router);
    ends.push(end);
    from = nearSide(step, direction);
  }
  if (place.contents) {
    const cell = Math.max(0, cellOf(place.contents, address));
    const at = cellAt(cell);
    curves.push(
      curveBetween(from, { x: place.x + at.x * place.cell, y: place.y + at.y * place.cell }, direction),
    );
    ends.push(end + arrivalMilliseconds);
  }
  return { place, curves, ends, start: now, addresses: [address] };
}
