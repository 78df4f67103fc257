/**
 * One repairer at a time, where the lock itself is what is broken.
 *
 * A folder with the owner's description inside is renamed to a fixed name: it appears whole or
 * not at all, and only one of many succeeds. The guard of a dead owner is renamed to a name
 * derived from that owner's token, which stays behind: so it is set aside exactly once, and a
 * waiter that looked too early can never set aside the guard of somebody living.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../kernel/errno.ts';
import { ownerState, type Owner } from '../kernel/owner.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { OwnerSchema } from '../sessions/record-schema.ts';

/**
 * Runs `body` if nobody else is repairing.
 * @param folder existing or not; the guard and what dead ones left lie in it
 * @returns `null` if somebody else repairs (ask again later), else what `body` answers
 */
export async function underGuard<T>(
  folder: string,
  owner: Owner,
  body: () => Promise<T>,
): Promise<T | null> {
  const guard = join(folder, 'repair');
  const mine = join(folder, `repair-${owner.token}`);
  await mkdir(mine, { recursive: true });
  await writeFile(join(mine, 'owner.json'), JSON.stringify(owner));
  if (!(await moved(mine, guard))) {
    await setAsideDead(folder, guard);
    if (!(await moved(mine, guard))) {
      await rm(mine, { recursive: true, force: true });
      return null;
    }
  }
  try {
    return await body();
  } finally {
    // away in one step first: a guard without its description would belong to nobody
    await rename(guard, mine);
    await rm(mine, { recursive: true, force: true });
  }
}

async function setAsideDead(folder: string, guard: string): Promise<void> {
  const text = await readRegularText(join(guard, 'owner.json')).catch(() => null);
  if (text === null) return;
  const parsed = OwnerSchema.safeParse(JSON.parse(text));
  if (!parsed.success || (await ownerState(parsed.data)) !== 'dead') return;
  await moved(guard, join(folder, `repair-dead-${parsed.data.token}`));
}

/** @returns false if something stands at `to`, or `from` is gone */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    const code = errorCode(error);
    const taken = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'];
    // Windows says EPERM where the others say ENOTEMPTY
    if (process.platform === 'win32') taken.push('EPERM', 'EACCES');
    if (taken.includes(code)) return false;
    throw error;
  }
}
