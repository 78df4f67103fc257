/**
 * A part: what of ours stands in one file. The whole file, one key of a settings file, one element
 * of a list in it, a marked block, a line. Whatever its kind, the same rule decides whether it may
 * be written: only what is absent, or is provably what we wrote, is replaced. Pure.
 */
import { createHash } from 'node:crypto';

/** What a part is there for. */
export const partSurfaces = [
  'skill',
  'command',
  'mcp',
  'hook',
  'instructions',
  'gitattributes',
  'template',
] as const;

export type PartSurface = (typeof partSurfaces)[number];

interface Common {
  /** below the project, with slashes */
  readonly path: string;
  readonly surface: PartSurface;
}

/** A value below a key that is ours alone. */
export interface KeyPart extends Common {
  readonly kind: 'key';
  readonly format: 'json' | 'toml';
  readonly at: readonly string[];
  readonly value: unknown;
  /** what a file that is not there begins with, as a JSON value */
  readonly empty: Readonly<Record<string, unknown>>;
}

/** An element of a list that belongs to others too. */
export interface ElementPart extends Common {
  readonly kind: 'element';
  readonly at: readonly string[];
  readonly value: unknown;
  readonly empty: Readonly<Record<string, unknown>>;
  /** there may be no other in this list: two would do the same work twice */
  readonly alone?: true;
}

export type Part =
  | (Common & { readonly kind: 'file'; readonly text: string })
  | KeyPart
  | ElementPart
  | (Common & { readonly kind: 'block'; readonly text: string })
  | (Common & { readonly kind: 'line'; readonly text: string });

/** What is there now: the hash of our part, or that there is none, or why nobody can tell. */
export type Found =
  | { readonly kind: 'absent' }
  | { readonly kind: 'there'; readonly sha256: string }
  /** the file is not what its name says: left alone */
  | { readonly kind: 'malformed'; readonly why: string };

/** What is known of a part that was written before. */
export interface Known {
  /** what we wrote, and what a run that was cut off was about to write */
  readonly hashes: readonly string[];
}

export type Verdict =
  | 'current'
  /** there is none */
  | 'absent'
  /** ours, and not what it should be now */
  | 'stale'
  /** ours, and edited since */
  | 'modified'
  /** never ours */
  | 'foreign'
  | 'malformed';

/**
 * The rule of ownership.
 * @param wanted the hash of what should be there
 * @param known what was recorded of it; `null`: nothing
 * @param released hashes of what earlier programs put there: as good as recorded
 */
export function judge(
  found: Found,
  wanted: string,
  known: Known | null,
  released: readonly string[],
): Verdict {
  switch (found.kind) {
    case 'absent':
      return 'absent';
    case 'malformed':
      return 'malformed';
    case 'there': {
      if (found.sha256 === wanted) return 'current';
      const ours = [...(known?.hashes ?? []), ...released];
      if (ours.includes(found.sha256)) return 'stale';
      return known === null ? 'foreign' : 'modified';
    }
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The hash of a value of a settings file; the order of its keys does not matter. */
export function hashOfValue(value: unknown): string {
  return sha256(JSON.stringify(sorted(value)) ?? 'null');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, one]: [string, unknown]) => [key, sorted(one)] as const,
  );
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
