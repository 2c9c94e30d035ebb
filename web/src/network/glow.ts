import type { Layout, Place } from './layout';

/** After a hit, a cell flares, fades in seconds, and keeps a faint glow for minutes. */
const flareMilliseconds = 1500;
const warmMilliseconds = 90_000;
const warmth = 0.3;
const overMilliseconds = 4 * warmMilliseconds;

interface Cells {
  hitAt: Float64Array;
  strength: Float32Array;
  lastHit: number;
}

/** The glow of each cell of each comb. */
export class Glow {
  private readonly cells = new Map<Place, Cells>();
  private lastHit = -Infinity;

  /** Keeps the glow of combs that still exist with the same cells. */
  follow(layout: Layout): void {
    const known = new Map([...this.cells].map(([place, cells]) => [keyOf(place), { place, cells }]));
    this.cells.clear();
    for (const place of layout.places) {
      const before = known.get(keyOf(place));
      if (before && before.place.contents === place.contents) this.cells.set(place, before.cells);
      else if (before?.place.contents?.kind === 'folded' && place.contents?.kind === 'folded')
        this.cells.set(place, before.cells);
    }
  }

  hit(place: Place, cell: number, now: number, strength = 1): void {
    if (cell < 0) return;
    let cells = this.cells.get(place);
    if (!cells) {
      const length = place.contents?.cells ?? 1;
      cells = {
        hitAt: new Float64Array(length).fill(-Infinity),
        strength: new Float32Array(length),
        lastHit: now,
      };
      this.cells.set(place, cells);
    }
    cells.hitAt[cell] = now;
    cells.strength[cell] = strength;
    cells.lastHit = this.lastHit = now;
  }

  state(now: number): 'moving' | 'cooling' | 'still' {
    if (now - this.lastHit < 4 * flareMilliseconds) return 'moving';
    return now - this.lastHit < overMilliseconds ? 'cooling' : 'still';
  }

  /** The places that glow. */
  *places(now: number): Iterable<[Place, (cell: number) => number]> {
    for (const [place, { hitAt, strength, lastHit }] of this.cells) {
      if (now - lastHit > overMilliseconds) continue;
      yield [
        place,
        (cell) => {
          const age = now - hitAt[cell]!;
          if (age > overMilliseconds) return 0;
          return (
            strength[cell]! *
            ((1 - warmth) * Math.exp(-age / flareMilliseconds) + warmth * Math.exp(-age / warmMilliseconds))
          );
        },
      ];
    }
  }
}

const keyOf = ({ kind, subnet, router, tunnel }: Place) =>
  `${kind} ${subnet?.name ?? router?.index ?? tunnel?.name}`;
