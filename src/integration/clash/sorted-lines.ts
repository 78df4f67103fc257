/**
 * A text file of lines `key hour value`, sorted by key, as bytes: looked up without parsing it, and
 * added to by copying what stands between. Pure. In a file that somebody else has written, or
 * whose lines are not sorted, keys are merely not found.
 */

export interface SortedLines {
  /** only the lines */
  readonly bytes: Buffer;
  readonly count: number;
}

export interface Line {
  readonly key: string;
  /** when it was last used, in hours since 1970 */
  readonly hour: number;
  readonly value: string;
}

const newline = 0x0a;

export const noLines: SortedLines = { bytes: Buffer.alloc(0), count: 0 };

/** The line of `key`, or `null`. */
export function lookUp({ bytes }: SortedLines, key: string): Line | null {
  const place = placeOf(bytes, key);
  if (!place.found) return null;
  const rest = bytes.toString('utf8', place.from + key.length + 1, place.to - 1);
  const space = rest.indexOf(' ');
  const hour = Number.parseInt(rest.slice(0, space), 36);
  if (space < 0 || !Number.isSafeInteger(hour)) return null;
  return { key, hour, value: rest.slice(space + 1) };
}

/** @param added each key once; a line of the same key is replaced */
export function withLines({ bytes, count }: SortedLines, added: readonly Line[]): SortedLines {
  const parts: Buffer[] = [];
  let copied = 0;
  let lines = count;
  for (const line of added.toSorted((a, b) => (a.key < b.key ? -1 : 1))) {
    const { from, to, found } = placeOf(bytes, line.key);
    if (from < copied) continue; // lines that are not sorted
    parts.push(bytes.subarray(copied, from), written(line));
    copied = to;
    if (!found) lines += 1;
  }
  return { bytes: Buffer.concat([...parts, bytes.subarray(copied)]), count: lines };
}

/** Those used last, sorted anew. @param most how many, and how many bytes of them */
export function newestLines(
  { bytes }: SortedLines,
  most: { readonly lines: number; readonly bytes: number },
): SortedLines {
  const all = new Map<string, Line>();
  for (const text of bytes.toString('utf8').split('\n')) {
    const [, key, hour, value] =
      /^(?<key>\S+) (?<hour>[0-9a-z]{1,8}) (?<value>.*)$/u.exec(text) ?? [];
    if (key === undefined || hour === undefined || value === undefined) continue;
    all.set(key, { key, hour: Number.parseInt(hour, 36), value });
  }
  const kept: Line[] = [];
  let room = most.bytes;
  for (const line of [...all.values()].toSorted((a, b) => b.hour - a.hour)) {
    room -= written(line).length;
    if (room < 0 || kept.length === most.lines) break;
    kept.push(line);
  }
  return withLines(noLines, kept);
}

function written({ key, hour, value }: Line): Buffer {
  return Buffer.from(`${key} ${hour.toString(36)} ${value}\n`, 'utf8');
}

/** Where the line of `key` is, newline included, or has to be put. Keys are ASCII. */
function placeOf(
  bytes: Buffer,
  key: string,
): { readonly from: number; readonly to: number; readonly found: boolean } {
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    let from = Math.floor((low + high) / 2);
    while (from > low && bytes[from - 1] !== newline) from -= 1;
    const side = compared(bytes, from, key);
    if (side > 0) {
      high = from;
      continue;
    }
    // what ends without a newline was cut off
    const end = bytes.indexOf(newline, from);
    const to = end < 0 ? bytes.length : end + 1;
    if (side === 0) return { from, to, found: end >= 0 };
    low = to;
  }
  return { from: low, to: low, found: false };
}

/** How the line at `from` stands to the line `key` would begin: below, equal, above zero. */
function compared(bytes: Buffer, from: number, key: string): number {
  for (let at = 0; at < key.length; at += 1) {
    const difference = (bytes[from + at] ?? 0) - key.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return (bytes[from + key.length] ?? 0) - 0x20;
}
