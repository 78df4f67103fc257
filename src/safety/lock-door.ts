/**
 * A door before the lock: of many waiters one at a time tries to take it, the others go on
 * waiting. An attempt costs three processes; sixty-four at once, of which one can win, would keep
 * the machine from the work the lock is held for.
 *
 * It is a courtesy, no lock: who cannot use it, or finds it shut for longer than an attempt takes
 * (somebody was killed in it), goes past it. Who gets the lock is decided by the ref alone.
 */
import { mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from '../kernel/errno.ts';
import { below } from '../kernel/path.ts';
import { privateFolder, type Project } from '../sessions/project.ts';

/** An attempt takes some 20 ms, on a machine that is busy ten times that. */
const longestMs = 1_000;

/** @returns `null` if somebody else is trying right now, else what `attempt` answers */
export async function throughTheDoor<T>(
  project: Project,
  attempt: () => Promise<T>,
): Promise<T | null> {
  const file = below(privateFolder(project), 'door');
  const door = await shut(file);
  if (door === 'shut') return null;
  try {
    return await attempt();
  } finally {
    if (door === 'ours') await unlink(file).catch(() => undefined);
  }
}

async function shut(file: string): Promise<'ours' | 'shut' | 'none'> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await (await open(file, 'wx')).close();
    return 'ours';
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) return 'none';
  }
  try {
    const age = Date.now() - (await stat(file)).mtimeMs;
    if (age >= 0 && age < longestMs) return 'shut';
    await unlink(file);
  } catch {
    // opened again meanwhile
  }
  return 'none';
}
