/**
 * Carries a plan out. First the record, with what is about to be written beside what was; then the
 * files, each by a rename; then the record as it is. Nothing is written where nothing changes.
 */
import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, isErrno } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import {
  lookAt,
  missingFolders,
  removeEmptyFolders,
  removeFileAt,
  textOf,
  writeFileAt,
} from './disk.ts';
import { removeLeftovers } from './leftovers.ts';
import {
  emptyLedger,
  entryId,
  ledgerPath,
  ledgerText,
  parseLedger,
  type Ledger,
  type LedgerEntry,
} from './ledger.ts';
import type { FileChange, Plan } from './plan.ts';

export interface Carrying {
  readonly root: AbsolutePath;
  /** as it is recorded now */
  readonly ledger: Ledger;
  /** as it will be, its files and folders left to `carryOut`; `null`: nothing stays recorded */
  readonly next: Ledger | null;
  /** what was typed, for the hint where this place may not be written */
  readonly command: readonly string[];
}

/**
 * @returns the paths that changed under our hands and were left alone
 * @throws FlightError `not-writable` before anything is written, `disk-failed`
 */
export async function carryOut(carrying: Carrying, plan: Plan): Promise<readonly string[]> {
  const { root, ledger, next } = carrying;
  const recorded = textOf(await lookAt(root, ledgerPath));
  // the plan was made of another record: to write its own would forget what that one holds
  const now = parseLedger(recorded, join(root, ledgerPath)) ?? emptyLedger;
  if (JSON.stringify(now) !== JSON.stringify(ledger)) throw anotherRun(root);
  const goal =
    next === null
      ? null
      : ledgerText({ ...next, folders: ledger.folders, files: [...plan.entries] });
  const isDone = plan.changes.length === 0 && goal === recorded;
  if (!isDone) await ensureWritable(carrying, plan.changes);
  try {
    // where nothing else is to be done they are not worth a failure
    const swept = removeLeftovers(root, ledger.files);
    await (isDone ? swept.catch(() => undefined) : swept);
    if (isDone) return [];
    // recorded before they are made, like everything else
    const folders = new Set(ledger.folders);
    for (const { path, after } of [...plan.changes, { path: ledgerPath, after: '' }]) {
      if (after === null) continue;
      for (const folder of await missingFolders(root, path)) folders.add(folder);
    }
    const journal = ledgerText({
      ...(next ?? ledger),
      folders: [...folders],
      files: journalled(ledger.files, plan.entries),
    });
    let current = recorded;
    if (plan.changes.length > 0 && journal !== current) {
      await record(root, journal, current);
      current = journal;
    }
    const changed = await writeAll(root, plan.changes);
    await finish(carrying, plan, { changed, folders, current });
    return changed;
  } catch (error) {
    if (error instanceof FlightError) throw error;
    const path = root;
    const reason = errorCode(error);
    throw new FlightError('disk-failed', { what: 'write in', path, reason }, { cause: error });
  }
}

async function writeAll(
  root: AbsolutePath,
  changes: readonly FileChange[],
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const { path, before, after } of changes) {
    if (after === null) {
      if (before !== null && (await removeFileAt(root, path, before)) === 'changed') {
        changed.push(path);
      }
      continue;
    }
    if ((await writeFileAt(root, path, after, before)) === 'changed') changed.push(path);
  }
  return changed;
}

async function finish(
  { root, ledger, next }: Carrying,
  plan: Plan,
  done: {
    readonly changed: readonly string[];
    readonly folders: Set<string>;
    readonly current: string | null;
  },
): Promise<void> {
  const { changed, folders, current } = done;
  // of a file that changed under our hands the old record holds
  const before = ledger.files.filter(({ path }) => changed.includes(path));
  const files = [...plan.entries.filter(({ path }) => !changed.includes(path)), ...before];
  if (next === null && files.length === 0) {
    if (current !== null) await removeFileAt(root, ledgerPath, current);
    await removeEmptyFolders(root, [...folders]);
    return;
  }
  const removals = plan.changes.some(({ after }) => after === null);
  const left = removals ? await removeEmptyFolders(root, [...folders]) : [...folders];
  const final = ledgerText({ ...(next ?? ledger), folders: [...left], files });
  await record(root, final, current);
}

async function record(root: AbsolutePath, text: string, before: string | null): Promise<void> {
  if (text === before) return;
  if ((await writeFileAt(root, ledgerPath, text, before)) === 'changed') {
    throw anotherRun(root);
  }
}

function anotherRun(root: AbsolutePath): FlightError {
  const reason = 'another run writes it at this moment';
  return new FlightError('disk-failed', { what: 'write', path: join(root, ledgerPath), reason });
}

/** Each entry with what was and what will be; what will go stays until it is gone. */
function journalled(before: readonly LedgerEntry[], after: readonly LedgerEntry[]): LedgerEntry[] {
  const old = new Map(before.map((entry) => [entryId(entry), entry]));
  const entries = after.map((entry): LedgerEntry => {
    const known = old.get(entryId(entry));
    old.delete(entryId(entry));
    if (known === undefined || known.sha256 === entry.sha256) return entry;
    return { ...entry, sha256: known.sha256, pending: entry.sha256 };
  });
  return [...entries, ...old.values()];
}

/** Everything that may not be written, named at once, before anything is. */
async function ensureWritable(
  { root, command }: Carrying,
  changes: readonly FileChange[],
): Promise<void> {
  const folders = new Set(
    [ledgerPath, ...changes.map(({ path }) => path)].map((path) => dirname(join(root, path))),
  );
  const refused = new Set<string>();
  for (const folder of folders) {
    const denied = await deniedAt(folder);
    if (denied !== null) refused.add(denied);
  }
  if (refused.size > 0) throw new FlightError('not-writable', { folders: [...refused], command });
}

/** The folder, or of one that is not there its nearest parent, if it may not be written. */
async function deniedAt(folder: string): Promise<string | null> {
  try {
    await access(folder, constants.W_OK);
    return null;
  } catch (error) {
    if (isErrno(error, 'ENOENT') && dirname(folder) !== folder) return deniedAt(dirname(folder));
    return folder;
  }
}
