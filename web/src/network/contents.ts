import { signal } from '@preact/signals';

import { ask } from '../daemon/client';
import type { HostLine, HostPage } from '../daemon/interface';
import { type Network, networkSize, networkText, parseAddress, scatter } from './address';
import type { Subnet } from './model';

/** What the cells of a subnet's comb represent. */
export type Contents =
  | { kind: 'folded'; cells: number }
  | { kind: 'blocks'; within: Network; length: number; cells: number }
  | { kind: 'hosts'; within: Network; hosts: HostLine[]; cells: number; indexOf: Map<number, number> };

const mostHostCells = 2000;
const pageSize = 1000;
const smallSubnet = 64;
const mostUnfoldedByThemselves = 24;

/** The contents of unfolded subnets, by name. */
export const unfolded = signal<ReadonlyMap<string, Contents>>(new Map());

function foldedCells(hosts: number): number {
  if (hosts === 0) return 1;
  for (const [most, cells] of [
    [7, 7],
    [64, 19],
    [500, 37],
    [5000, 61],
  ] as const)
    if (hosts <= most) return cells;
  return 91;
}

export function contentsOf(subnet: Subnet): Contents {
  return unfolded.value.get(subnet.name) ?? { kind: 'folded', cells: foldedCells(subnet.hosts) };
}

/** The cell of an address; -1: none. */
export function cellOf(contents: Contents, address: number): number {
  switch (contents.kind) {
    case 'folded':
      return scatter(address) % contents.cells;
    case 'hosts':
      return contents.indexOf.get(address) ?? -1;
    case 'blocks': {
      const cell = Math.floor((address - contents.within.base) / 2 ** (32 - contents.length));
      return cell >= 0 && cell < contents.cells ? cell : -1;
    }
  }
}

/** The lowest and highest address of a cell; nothing if it has no fixed addresses. */
export function rangeOf(contents: Contents, cell: number): [number, number] | undefined {
  if (contents.kind === 'folded') return undefined;
  if (contents.kind === 'hosts') {
    const address = parseAddress(contents.hosts[cell]!.address);
    return [address, address];
  }
  const block = blockOf(contents, cell);
  return [block.base, block.base + networkSize(block) - 1];
}

export function blockOf(contents: Contents & { kind: 'blocks' }, cell: number): Network {
  return { base: contents.within.base + cell * 2 ** (32 - contents.length), length: contents.length };
}

function show(name: string, contents: Contents | undefined): void {
  const changed = new Map(unfolded.value);
  if (contents) changed.set(name, contents);
  else changed.delete(name);
  unfolded.value = changed;
}

export const fold = (subnet: Subnet) => show(subnet.name, undefined);

/** Shows the hosts of a subnet or of a block of it; blocks if there are many. */
export async function unfold(subnet: Subnet, within: Network = subnet.network): Promise<void> {
  const isWhole = within === subnet.network;
  const query = subnet.router || !isWhole ? networkText(within) : '';
  const page = (offset: number) =>
    ask<HostPage>(`hosts?offset=${offset}&limit=${pageSize}&query=${encodeURIComponent(query)}`);
  const first = await page(0);
  if (first.total > mostHostCells && within.length < 31) {
    const length = Math.min(32, within.length + 8);
    return show(subnet.name, { kind: 'blocks', within, length, cells: 2 ** (length - within.length) });
  }
  const hosts = first.hosts;
  while (hosts.length < Math.min(first.total, mostHostCells)) {
    const next = await page(hosts.length);
    if (next.hosts.length === 0) break;
    hosts.push(...next.hosts);
  }
  const indexOf = new Map(hosts.map(({ address }, index) => [parseAddress(address), index]));
  show(subnet.name, { kind: 'hosts', within, hosts, cells: Math.max(1, hosts.length), indexOf });
}

/** One step back: from a block to the larger block, from the whole subnet to folded. */
export async function goUp(subnet: Subnet): Promise<void> {
  const contents = contentsOf(subnet);
  if (contents.kind === 'folded') return unfold(subnet);
  if (contents.within.length === subnet.network.length) return fold(subnet);
  return unfold(subnet);
}

/** Unfolds small subnets, unless there are very many. */
export async function unfoldSmallOnes(subnets: Subnet[]): Promise<void> {
  const small = subnets.filter(
    ({ hosts, name }) => hosts > 0 && hosts <= smallSubnet && !unfolded.value.has(name),
  );
  if (small.length > mostUnfoldedByThemselves) return;
  await Promise.allSettled(small.map((subnet) => unfold(subnet)));
}
