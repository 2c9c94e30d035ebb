import type { Point } from './comb';
import type { Direction, Place } from './layout';

/** A line of the map: a cubic curve whose ends follow the direction of the tree. */
export interface Curve {
  start: Point;
  startControl: Point;
  endControl: Point;
  end: Point;
}

export function curveBetween(start: Point, end: Point, direction: Direction): Curve {
  const [middleX, middleY] = [(start.x + end.x) / 2, (start.y + end.y) / 2];
  return direction === 'across'
    ? { start, startControl: { x: middleX, y: start.y }, endControl: { x: middleX, y: end.y }, end }
    : { start, startControl: { x: start.x, y: middleY }, endControl: { x: end.x, y: middleY }, end };
}

/** The end of the line to a comb: inside its near side, as the outermost ring may be incomplete. */
export function nearSide({ kind, x, y, radius }: Place, direction: Direction): Point {
  if (kind !== 'subnet') return { x, y };
  return direction === 'across' ? { x: x - radius * 0.75, y } : { x, y: y - radius * 0.75 };
}

export function pointOn({ start, startControl, endControl, end }: Curve, share: number): Point {
  const rest = 1 - share;
  const [a, b, c, d] = [rest ** 3, 3 * rest * rest * share, 3 * rest * share * share, share ** 3];
  return {
    x: a * start.x + b * startControl.x + c * endControl.x + d * end.x,
    y: a * start.y + b * startControl.y + c * endControl.y + d * end.y,
  };
}
