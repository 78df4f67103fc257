/**
 * New files of runs that were killed right before the rename: they stand beside the file that they
 * were to become. Ours is one that has the name we give, beside a file of ours, and holds our part
 * as it is recorded; anything else, a half-written one too, stays.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isErrno } from '../kernel/errno.ts';
import { isFlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { lookAt, removeEmptyFolders, removeFileAt, temporaryOf } from './disk.ts';
import { find } from './edit.ts';
import { hashesOf, ledgerPath, parseLedger, partOf, type LedgerEntry } from './ledger.ts';

/** @param entries what is recorded */
export async function removeLeftovers(
  root: AbsolutePath,
  entries: readonly LedgerEntry[],
): Promise<void> {
  for (const path of new Set([ledgerPath, ...entries.map((entry) => entry.path)])) {
    const folder = dirname(path);
    // nothing is looked for behind a link
    if ((await lookAt(root, path)).kind === 'in-the-way') continue;
    for (const name of await namesIn(join(root, folder))) {
      if (temporaryOf(name) !== basename(path)) continue;
      const beside = folder === '.' ? name : `${folder}/${name}`;
      const place = await lookAt(root, beside);
      if (place.kind !== 'file') continue;
      const own = entries.filter((entry) => entry.path === path);
      const isOurs = path === ledgerPath ? isLedger(place.text) : await holdsOne(place.text, own);
      if (!isOurs) continue;
      await removeFileAt(root, beside, place.text);
      // the very first file of a first run: its folder was made for it, and is not recorded yet
      if (entries.length === 0) await removeEmptyFolders(root, [folder]);
    }
  }
}

async function holdsOne(text: string, entries: readonly LedgerEntry[]): Promise<boolean> {
  for (const entry of entries) {
    const hashes = hashesOf(entry);
    const found = await find(text, partOf(entry), (hash) => hashes.includes(hash));
    if (found.kind === 'there' && hashes.includes(found.sha256)) return true;
  }
  return false;
}

function isLedger(text: string): boolean {
  try {
    return parseLedger(text, ledgerPath) !== null;
  } catch (error) {
    if (isFlightError(error, 'install-record-unreadable')) return false;
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM')) return [];
    throw error;
  }
}
