// Everything a command could change below some folders: names, kinds, modes, sizes, times to the
// nanosecond, and what is in the files. Of objects the time does not count: git marks one as fresh
// when a question, answered in a temporary object directory, comes to that very object.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';

/** One line per file, link and folder; folders that are not there count as absent. */
export function fingerprint(...folders: readonly string[]): Record<string, string> {
  const lines: Record<string, string> = {};
  for (const folder of folders) walk(folder, lines);
  return lines;
}

function walk(path: string, lines: Record<string, string>): void {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) {
    lines[path] = 'absent';
    return;
  }
  const time = stat.isFile() && path.includes('/objects/') ? '' : stat.mtimeNs;
  lines[path] = [stat.mode.toString(8), time, stat.size, content(path, stat)].join(' ');
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(path)) walk(join(path, name), lines);
}

function content(path: string, stat: BigIntStats): string {
  if (stat.isSymbolicLink()) return readlinkSync(path);
  if (!stat.isFile()) return '';
  return createHash('sha1').update(readFileSync(path)).digest('hex');
}
