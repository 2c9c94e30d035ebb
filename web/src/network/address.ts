/** IPv4 addresses as numbers, and the networks that contain them. */

export interface Network {
  base: number;
  /** Length of the prefix, in bits. */
  length: number;
}

export function parseAddress(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

export const networkSize = (network: Network) => 2 ** (32 - network.length);

export function networkAround(address: number, length: number): Network {
  const size = 2 ** (32 - length);
  return { base: Math.floor(address / size) * size, length };
}

export function parseNetwork(text: string): Network {
  const [address = '', length = '32'] = text.split('/');
  return networkAround(parseAddress(address), Number(length));
}

export const networkText = ({ base, length }: Network) => `${addressText(base)}/${length}`;

export function contains(network: Network, address: number): boolean {
  return address >= network.base && address < network.base + networkSize(network);
}

/** The smallest network that contains both addresses. */
export function networkOfBoth(one: number, other: number): Network {
  let length = 32;
  while (length > 0 && networkAround(one, length).base !== networkAround(other, length).base) --length;
  return networkAround(one, length);
}

/** A hash of an address: the same for the same address. */
export function scatter(address: number): number {
  let mixed = Math.imul(address ^ (address >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
