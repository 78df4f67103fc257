/**
 * Takes away signals whose agents have ended, and what hooks that were killed left half written.
 * Only what is provably dead here: another boot of this machine, or no such process any more.
 */
import { existsSync, readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { isErrno } from '../kernel/errno.ts';
import { machineIdentity, placeOf, type MachineIdentity } from '../kernel/machine.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { parseStat } from '../kernel/proc-stat.ts';
import { activityFolder, isSignalFile, parseSignal } from '../sessions/signal.ts';

/** Those of all worktrees behind `privateDirs`. Never throws. */
export async function removeDeadSignalsIn(privateDirs: readonly AbsolutePath[]): Promise<void> {
  const folders = privateDirs.map(activityFolder).filter((folder) => existsSync(folder));
  if (folders.length === 0) return;
  const here = await machineIdentity();
  for (const folder of folders) removeDeadSignals(folder, here);
}

/** Those in one folder. Never throws: what cannot be taken away now stays, and means nothing. */
export function removeDeadSignals(folder: AbsolutePath, here: MachineIdentity): void {
  try {
    for (const name of readdirSync(folder)) {
      const file = below(folder, name);
      const half = /^\.[a-z]+-\d+\.(?<writer>\d+)\.tmp$/u.exec(name)?.groups?.['writer'];
      if (half !== undefined) {
        if (isGone(Number(half))) unlinkSync(file);
      } else if (isSignalFile(name) && isDead(file, here)) unlinkSync(file);
    }
  } catch {
    // somebody else has taken it away, or we may not
  }
}

function isDead(file: AbsolutePath, here: MachineIdentity): boolean {
  const signal = parseSignal(readFileSync(file, 'utf8'));
  if (signal === null) return false;
  const where = placeOf(signal, here);
  if (where !== 'here') return where === 'gone';
  return isGone(signal.pid, signal.startTime);
}

/** No such process, or with `startTime` another one. */
function isGone(pid: number, startTime?: string): boolean {
  if (process.platform === 'linux') {
    try {
      const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
      if (stat === null) return false;
      return stat.ended || (startTime !== undefined && stat.startTime !== startTime);
    } catch (error) {
      return isErrno(error, 'ENOENT', 'ESRCH');
    }
  }
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return isErrno(error, 'ESRCH');
  }
}
