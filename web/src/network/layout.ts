import { type HierarchyNode, hierarchy } from 'd3-hierarchy';

import { type Point, combRadius } from './comb';
import { type Contents, contentsOf } from './contents';
import type { NetworkModel, Router, Subnet, Tunnel } from './model';

export type Direction = 'across' | 'down';

export interface Place extends Point {
  kind: 'outside' | 'router' | 'subnet' | 'tunnel';
  radius: number;
  router?: Router;
  subnet?: Subnet;
  tunnel?: Tunnel;
  contents?: Contents;
  /** The outer radius of a comb's cell. */
  cell: number;
  /** The start of the line. */
  from?: Place;
}

export interface Layout {
  direction: Direction;
  outside: Place;
  places: Place[];
  ofSubnet: Map<Subnet, Place>;
  ofRouter: Map<Router, Place>;
  bounds: { left: number; top: number; right: number; bottom: number };
}

interface Item {
  place: Place;
  children: Item[];
}

const routerRadius = 13;
const depthStep = 190;
const combDistance = 74;
const visitorNames = 30;
const gap = { across: 30, down: 26 };

function cellRadius(cells: number): number {
  if (cells <= 91) return 7;
  return cells <= 300 ? 5.5 : 3.6;
}

function itemOfSubnet(subnet: Subnet): Item {
  const contents = contentsOf(subnet);
  const cell = cellRadius(contents.cells);
  return {
    place: { kind: 'subnet', x: 0, y: 0, radius: combRadius(contents.cells) * cell, subnet, contents, cell },
    children: [],
  };
}

function itemOfRouter(router: Router): Item {
  const leaves: Item[] = router.subnets.map(itemOfSubnet);
  for (const tunnel of router.tunnels)
    leaves.push({ place: { kind: 'tunnel', x: 0, y: 0, radius: 9, cell: 0, tunnel }, children: [] });
  const half = Math.ceil(leaves.length / 2);
  const children = [...leaves.slice(0, half), ...router.children.map(itemOfRouter), ...leaves.slice(half)];
  return { place: { kind: 'router', x: 0, y: 0, radius: routerRadius, cell: 0, router }, children };
}

/** Lays out the tree from the outside inwards. Each branch has its own strip, so combs never overlap. */
export function layOut(model: NetworkModel, direction: Direction): Layout {
  const outside: Place = { kind: 'outside', x: 0, y: 0, radius: 86, cell: 0 };
  const direct = model.subnets.filter(({ router }) => !router).map(itemOfSubnet);
  const root = hierarchy<Item>({ place: outside, children: [...model.entries.map(itemOfRouter), ...direct] });

  const breadths = new Map<HierarchyNode<Item>, number>();
  root.eachAfter((node) => {
    const inner = (node.children ?? []).reduce((total, child) => total + breadths.get(child)!, 0);
    breadths.set(node, Math.max(inner, breadthOf(node.data.place, direction)));
  });
  arrange(root, 0, 0, breadths);

  const places = root.descendants().map((node) => {
    node.data.place.from = node.parent?.data.place;
    return node.data.place;
  });
  if (direction === 'down') for (const place of places) [place.x, place.y] = [place.y, place.x];
  return {
    direction,
    outside,
    places,
    ofSubnet: new Map(places.flatMap((place) => (place.subnet ? [[place.subnet, place]] : []))),
    ofRouter: new Map(places.flatMap((place) => (place.router ? [[place.router, place]] : []))),
    bounds: boundsOf(places, direction),
  };
}

function breadthOf({ kind, radius }: Place, direction: Direction): number {
  const label = direction === 'down' ? 104 : 34; // room for the text beside or below it
  return Math.max(
    2 * radius + gap[direction] + (kind === 'subnet' && direction === 'across' ? 16 : 0),
    kind === 'outside' ? 2 * radius : label,
  );
}

/** Puts a node into the strip that begins at `start`, as if the tree grew to the right. */
function arrange(
  node: HierarchyNode<Item>,
  start: number,
  depth: number,
  breadths: Map<HierarchyNode<Item>, number>,
): void {
  const { place } = node.data;
  const children = node.children ?? [];
  const inner = children.reduce((total, child) => total + breadths.get(child)!, 0);
  let strip = start + (breadths.get(node)! - inner) / 2;
  for (const child of children) {
    const isLeaf = child.data.place.kind === 'subnet' || child.data.place.kind === 'tunnel';
    arrange(child, strip, depth + (isLeaf ? combDistance + child.data.place.radius : depthStep), breadths);
    strip += breadths.get(child)!;
  }
  place.x = depth;
  const ends = children.filter((child) => child.data.place.kind === 'router');
  const [first, last] = [(ends[0] ?? children[0])?.data.place, (ends.at(-1) ?? children.at(-1))?.data.place];
  place.y = first && last ? (first.y + last.y) / 2 : start + breadths.get(node)! / 2;
}

function boundsOf(places: Place[], direction: Direction): Layout['bounds'] {
  const bounds = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { kind, x, y, radius } of places) {
    if (kind === 'outside' && direction === 'down') {
      bounds.top = Math.min(bounds.top, y - 20);
      continue;
    }
    bounds.left = Math.min(bounds.left, x - radius);
    bounds.right = Math.max(bounds.right, x + radius);
    bounds.top = Math.min(bounds.top, y - radius);
    bounds.bottom = Math.max(bounds.bottom, y + radius);
  }
  const names = direction === 'across' ? { x: 40, y: 12 } : { x: 24, y: 8 };
  return {
    left: bounds.left - names.x - (direction === 'across' ? visitorNames : 0),
    right: bounds.right + names.x,
    top: bounds.top - names.y,
    bottom: bounds.bottom + names.y + 20,
  };
}
