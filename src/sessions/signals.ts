/** The signals in a private git dir, and whether the agents that gave them still live. */
import { readdir } from 'node:fs/promises';
import { errorCode, isErrno } from '../kernel/errno.ts';
import { placeOf, type MachineIdentity } from '../kernel/machine.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import type { Processes } from '../kernel/process-table.ts';
import { noFileCodes, readRegularText } from '../kernel/regular-file.ts';
import { activityFolder, isSignalFile, parseSignal, signalStates, type Signal } from './signal.ts';

/**
 * All signals of the worktree behind `privateDir`, living or not. Files that are none are left out.
 * @throws Error if the folder is there and cannot be read
 */
export async function readSignals(privateDir: AbsolutePath): Promise<readonly Signal[]> {
  const folder = activityFolder(privateDir);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
  const read = await Promise.all(names.filter(isSignalFile).map((name) => readOne(folder, name)));
  return read.filter((signal) => signal !== null);
}

async function readOne(folder: AbsolutePath, name: string): Promise<Signal | null> {
  try {
    return parseSignal(await readRegularText(below(folder, name)));
  } catch (error) {
    // taken away meanwhile, or never a file
    if (isErrno(error, 'ENOENT') || noFileCodes.includes(errorCode(error))) return null;
    throw error;
  }
}

/**
 * - `live`: its process is there
 * - `dead`: it ended, or its pid is another process by now
 * - `unseen`: it was on another machine, or in another pid namespace
 */
export type SignalLife = 'live' | 'dead' | 'unseen';

/** Pure. A start time is compared as the process table gives it. */
export function lifeOf(signal: Signal, processes: Processes, here: MachineIdentity): SignalLife {
  const where = placeOf(signal, here);
  if (where !== 'here') return where === 'gone' ? 'dead' : 'unseen';
  return processes.get(signal.pid)?.startTime === signal.startTime ? 'live' : 'dead';
}

/** Pure: what says most first: who waits for somebody, who works; then the newest. */
export function mostTelling(signals: readonly Signal[]): readonly Signal[] {
  return signals.toSorted((a, b) => {
    const rank = signalStates.indexOf(a.is) - signalStates.indexOf(b.is);
    return rank === 0 ? Number(a.at < b.at) - Number(a.at > b.at) : rank;
  });
}
