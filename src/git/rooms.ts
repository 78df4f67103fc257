/**
 * Temporary rooms: folders of ours in the system's temporary folder, gone when the question is
 * answered. One that a killed process left behind is swept by the next that makes one, if it is
 * provably nobody's: its name says which machine, boot, pid namespace and pid made it, no such
 * process is there any more, and the folder is our own user's. A pid that is taken again only
 * means that it stays for now. No process.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isErrno } from '../kernel/errno.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';

/** @throws what the file system refuses */
export async function makeRoom(): Promise<AbsolutePath> {
  const folder = tmpdir();
  await sweep(folder);
  return absolute(await realpath(await mkdtemp(join(folder, `${prefix()}${process.pid}-`))));
}

export async function removeRoom(room: AbsolutePath): Promise<void> {
  await rm(room, { recursive: true, force: true, maxRetries: 3 });
}

let known: string | undefined;

/** What the names of all rooms begin with whose makers we can see from here. */
function prefix(): string {
  known ??= `flight-rules-room-${createHash('sha256').update(here()).digest('hex').slice(0, 12)}-`;
  return known;
}

function here(): string {
  const read = (question: () => string): string => {
    try {
      return question();
    } catch {
      return '';
    }
  };
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'));
  const namespace = read(() => readlinkSync('/proc/self/ns/pid'));
  return JSON.stringify([hostname(), boot, namespace, process.getuid?.() ?? null]);
}

async function sweep(folder: string): Promise<void> {
  try {
    for (const name of readdirSync(folder)) {
      if (!name.startsWith(prefix()) || !isOver(name)) continue;
      const room = absolute(join(folder, name));
      const stat = lstatSync(room);
      if (!stat.isDirectory() || stat.uid !== process.getuid?.()) continue;
      await removeRoom(room);
    }
  } catch {
    // somebody else sweeps it, or nobody may
  }
}

/** Has the process that made it ended? */
function isOver(name: string): boolean {
  const pid = Number(/^\d+(?=-)/u.exec(name.slice(prefix().length))?.[0]);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isErrno(error, 'ESRCH');
  }
}
