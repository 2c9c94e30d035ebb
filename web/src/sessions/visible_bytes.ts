/** Bytes from visitors in a form that hides nothing. */

export interface Run {
  text: string;
  /** Replaces bytes that are not printable text. */
  isControl: boolean;
}

const lineFeed = 0x0a;

/** Printable ASCII unchanged, everything else as an escape; a line feed also ends the line. */
export function visibleRuns(bytes: Uint8Array): Run[] {
  const runs: Run[] = [];
  const add = (text: string, isControl: boolean) => {
    const last = runs.at(-1);
    if (last?.isControl === isControl) last.text += text;
    else runs.push({ text, isControl });
  };
  for (const byte of bytes) {
    if (byte >= 0x20 && byte < 0x7f) add(String.fromCharCode(byte), false);
    else add(spelling(byte), true);
    if (byte === lineFeed) add('\n', false);
  }
  return runs;
}

const names = new Map([
  [0x00, '\\0'],
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [lineFeed, '\\n'],
  [0x0d, '\\r'],
  [0x1b, '\\e'],
]);

/** In C's notation. Unicode has symbols for control characters, but few fonts have them. */
function spelling(byte: number): string {
  return names.get(byte) ?? `\\x${hex(byte, 2)}`;
}

const width = 16;
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** In the format of `hexdump -C`. `offset` is that of the first byte in its direction. */
export function hexDump(bytes: Uint8Array, offset: number): string {
  const lines: string[] = [];
  for (let begin = 0; begin < bytes.length; begin += width) {
    const row = [...bytes.subarray(begin, begin + width)];
    const numbers = row.map((byte) => hex(byte, 2));
    const halves = `${numbers.slice(0, 8).join(' ').padEnd(23)}  ${numbers.slice(8).join(' ').padEnd(23)}`;
    const letters = row
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('');
    lines.push(`${hex(offset + begin, 6)}  ${halves}  ${letters}`);
  }
  return lines.join('\n');
}
