/** Honeycombs: hexagons around a middle one, ring by ring. A cell's unit is its outer radius. */

export interface Point {
  x: number;
  y: number;
}

const spiral: Point[] = [{ x: 0, y: 0 }];
/** The steps from a corner of a ring along its six sides. Rows are horizontal; cells are pointy-topped. */
const sides = [
  [-1, 0],
  [-0.5, -1],
  [0.5, -1],
  [1, 0],
  [0.5, 1],
  [-0.5, 1],
] as const;
const stepX = Math.sqrt(3);
const stepY = 1.5;

export function ringsFor(cells: number): number {
  return Math.max(0, Math.ceil((Math.sqrt(12 * cells - 3) - 3) / 6));
}

/** The centre of a cell. */
export function cellAt(index: number): Point {
  while (spiral.length <= index) addRing(ringsFor(spiral.length) + 1);
  return spiral[index]!;
}

function addRing(ring: number): void {
  let x = ring * 0.5 * stepX;
  let y = ring * stepY;
  for (const [dx, dy] of sides) {
    for (let step = 0; step < ring; ++step) {
      spiral.push({ x, y });
      x += dx * stepX;
      y += dy * stepY;
    }
  }
}

/** The radius of the circle around a comb, in cells' units. */
export const combRadius = (cells: number) => ringsFor(cells) * stepX + 1;

const corners = Array.from({ length: 6 }, (_, corner) => {
  const angle = Math.PI / 6 + (corner * Math.PI) / 3;
  return { x: Math.cos(angle), y: Math.sin(angle) };
});

export function addHexagon(
  path: CanvasRenderingContext2D | Path2D,
  x: number,
  y: number,
  radius: number,
): void {
  for (let corner = 0; corner < 6; ++corner) {
    const { x: dx, y: dy } = corners[corner]!;
    if (corner === 0) path.moveTo(x + dx * radius, y + dy * radius);
    else path.lineTo(x + dx * radius, y + dy * radius);
  }
  path.closePath();
}

/** The cell of `cells` that contains the point, both in cells' units; -1: none. */
export function cellUnder(point: Point, cells: number): number {
  for (let index = 0; index < cells; ++index) {
    const { x, y } = cellAt(index);
    if ((x - point.x) ** 2 + (y - point.y) ** 2 < 0.82) return index;
  }
  return -1;
}
