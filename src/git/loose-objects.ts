/**
 * Writing an object as git does it, without a process: the bytes deflated into a temporary file,
 * synced, and linked to their name. A command of ours stores up to eight small objects one after
 * the other, and a process for each cost more than all the rest it did.
 *
 * Only where nothing asks for more than that (see `looseStore`): a shared repository wants other
 * permissions, an extension that we do not know perhaps another format. Then, and for whatever
 * the file system refuses, the caller asks git itself, which also says best what is wrong.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { errorCode, isErrno } from '../kernel/errno.ts';
import type { GitConfig } from './config.ts';
import { oid, type Oid } from './oid.ts';

export type ObjectKind = 'blob' | 'tree' | 'commit';

/** Where loose objects go, and how they are named. */
export interface LooseStore {
  /** the object directory */
  readonly objects: string;
  readonly hash: 'sha1' | 'sha256';
}

/** Extensions that do not touch how an object is written. */
const harmless = new Set([
  'extensions.noop',
  'extensions.noop-v1',
  'extensions.objectformat',
  'extensions.partialclone',
  'extensions.preciousobjects',
  'extensions.refstorage',
  'extensions.relativeworktrees',
  'extensions.worktreeconfig',
]);

/** @returns `null` where only git knows how its objects are to be written */
export function looseStore(commonDir: string, config: GitConfig): LooseStore | null {
  if (config.keys().some((key) => key.startsWith('extensions.') && !harmless.has(key))) return null;
  const shared = config.get('core.sharedRepository');
  const ownPermissions = shared !== null && config.bool('core.sharedRepository') !== false;
  if (ownPermissions && shared !== 'umask') return null;
  // "rename" is for file systems without links
  if (config.get('core.createObject') === 'rename') return null;
  const format = config.get('extensions.objectFormat') ?? 'sha1';
  if (format !== 'sha1' && format !== 'sha256') return null;
  // where the repository itself says so it has this version; git does not believe the user's file
  if (format !== 'sha1' && config.get('core.repositoryFormatVersion') !== '1') return null;
  return { objects: join(commonDir, 'objects'), hash: format };
}

/**
 * Stores an object, its bytes on the disk when this returns. One that is there is made young
 * again, as git does it: a gc that runs right now must not find it old.
 * @throws what the file system refuses
 */
export async function writeLoose(
  { objects, hash }: LooseStore,
  kind: ObjectKind,
  content: string | Uint8Array,
): Promise<Oid> {
  const body = Buffer.from(content);
  const bytes = Buffer.concat([Buffer.from(`${kind} ${body.length}\0`), body]);
  const id = oid(createHash(hash).update(bytes).digest('hex'));
  const folder = join(objects, id.slice(0, 2));
  const file = join(folder, id.slice(2));
  if (await madeYoung(file)) return id;
  // the name git gives them: gc knows it, and removes what a kill has left
  const temporary = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
  try {
    await writeWhole(folder, temporary, deflateSync(bytes, { level: 1 }));
    await link(temporary, file);
  } catch (error) {
    // the same bytes, stored by somebody else meanwhile
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  return id;
}

async function madeYoung(file: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(file, now, now);
    return true;
  } catch {
    return false;
  }
}

/** gc removes folders it has emptied, also between their being made and being written into. */
async function writeWhole(folder: string, file: string, bytes: Buffer): Promise<void> {
  for (let left = 4; ; left -= 1) {
    try {
      // never written again, as all objects
      const handle = await open(file, 'wx', 0o444);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return;
    } catch (error) {
      if (left === 0 || errorCode(error) !== 'ENOENT') throw error;
      await mkdir(folder, { recursive: false }).catch((made: unknown) => {
        if (!isErrno(made, 'EEXIST')) throw made;
      });
    }
  }
}
