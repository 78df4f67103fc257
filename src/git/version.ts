/** The version of git, checked once per command. One process: `git version`. */
import { FlightError } from '../kernel/errors.ts';
import { gitText, type Git } from './git.ts';

const needed = [2, 38] as const;

/** @throws FlightError `git-too-old` below 2.38 (`merge-tree --write-tree`) */
export async function checkVersion(port: Git, cwd: string): Promise<string> {
  const text = await gitText(port, cwd, ['version']);
  const match = /(?<version>(?<major>\d+)\.(?<minor>\d+)[^\s]*)/u.exec(text);
  const major = Number(match?.groups?.['major'] ?? 0);
  const minor = Number(match?.groups?.['minor'] ?? 0);
  const found = match?.groups?.['version'] ?? text;
  if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
    throw new FlightError('git-too-old', {
      found,
      needed: needed.join('.'),
      program: port.program,
    });
  }
  return found;
}
