/**
 * `.flight-rules/installed.json`: what of ours is in a checkout, with the hash of each part as we
 * wrote it. It is committed with the files, and it is all that `upgrade` and `uninstall` go by.
 *
 * Before parts are written, what is about to be written is recorded beside what was (`pending`):
 * a run that is killed anywhere leaves no part that a later one would take for the user's.
 */
import * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { partSurfaces, type Part } from './part.ts';

export const ledgerPath = '.flight-rules/installed.json';

const Entry = z.object({
  path: z.string(),
  /** the key in it, where only that is ours */
  at: z.optional(z.array(z.string())),
  kind: z.enum(['file', 'key', 'element', 'block', 'line']),
  surface: z.enum(partSurfaces),
  sha256: z.string(),
  /** the version that wrote it */
  version: z.string(),
  /** what a run that has not ended yet is about to write */
  pending: z.optional(z.string()),
  /** what had to be made to hold it, as each kind counts it */
  made: z.optional(z.number()),
  /** the file was not there before */
  created: z.optional(z.boolean()),
  /** a line's own text: without it, it could not be found again */
  text: z.optional(z.string()),
});

const Ledger = z.object({
  version: z.literal(1),
  spelling: z.enum(['path', 'npx']),
  agents: z.array(z.string()),
  /** what was asked for apart */
  extras: z.array(z.string()),
  /** folders that were not there before */
  folders: z.array(z.string()),
  files: z.array(Entry),
});

export type LedgerEntry = z.infer<typeof Entry>;
export type Ledger = z.infer<typeof Ledger>;

export const emptyLedger: Ledger = {
  version: 1,
  spelling: 'path',
  agents: [],
  extras: [],
  folders: [],
  files: [],
};

/**
 * @param text the file, `null` if there is none
 * @param file its absolute path, for the message
 * @throws FlightError `install-record-unreadable`
 */
export function parseLedger(text: string | null, file: string): Ledger | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FlightError('install-record-unreadable', { file, why: 'it is not JSON' });
  }
  const parsed = Ledger.safeParse(value);
  const named = parsed.data === undefined ? [] : pathsIn(parsed.data);
  if (parsed.success && named.every(isInside)) return parsed.data;
  throw new FlightError('install-record-unreadable', { file, why: 'it has another shape' });
}

function pathsIn({ files, folders }: Ledger): readonly string[] {
  return [...files.map(({ path }) => path), ...folders];
}

/** The record comes with the repository: it may name nothing outside of the checkout. */
function isInside(path: string): boolean {
  return (
    !/^(?:[/\\]|[A-Za-z]:)/u.test(path) &&
    !path.split(/[/\\]/u).some((step) => step === '..' || step.toLowerCase() === '.git')
  );
}

/** In one order, so that the same content is the same bytes. */
export function ledgerText(ledger: Ledger): string {
  const files = ledger.files.toSorted((a, b) => compare(entryId(a), entryId(b)));
  const folders = [...new Set(ledger.folders)].toSorted(compare);
  return `${JSON.stringify({ ...ledger, folders, files }, null, 2)}\n`;
}

/** The same for a part and its entry. */
export function entryId(entry: {
  readonly path: string;
  readonly at?: readonly string[] | undefined;
}): string {
  return entry.at === undefined ? entry.path : `${entry.path}#${entry.at.join('/')}`;
}

/** The hashes by which a part is recognised as ours. */
export function hashesOf(entry: LedgerEntry | undefined): readonly string[] {
  if (entry === undefined) return [];
  return entry.pending === undefined ? [entry.sha256] : [entry.sha256, entry.pending];
}

/** A part to look for and to take out: its value is not known, and not needed. */
export function partOf(entry: LedgerEntry): Part {
  const { path, surface } = entry;
  const at = entry.at ?? [];
  switch (entry.kind) {
    case 'file':
      return { kind: 'file', path, surface, text: '' };
    case 'block':
      return { kind: 'block', path, surface, text: '' };
    case 'line':
      return { kind: 'line', path, surface, text: entry.text ?? '' };
    case 'key': {
      const format = path.endsWith('.toml') ? 'toml' : 'json';
      return { kind: 'key', path, surface, at, format, value: null, empty: bareStart };
    }
    case 'element':
      return { kind: 'element', path, surface, at, value: null, empty: bareStart };
  }
}

/** What a file that we made may begin with, whoever it is for. */
const bareStart = { version: 1, $schema: 'https://opencode.ai/config.json' };

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
