// Every commit a base has been at since a queue began, by its reflog, and what verification says of it.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { gitIn } from './repo.ts';

/** @param first where it stood before */
export function readLine(
  root: string,
  first: string,
  verify: string,
  base = 'main',
): { readonly moves: number; readonly red: readonly string[] } {
  const log = gitIn(root, 'reflog', 'show', '--format=%H', base).split('\n');
  const commits = log.slice(0, log.indexOf(first));
  const folder = `${root}-looked-at`;
  const red = commits.filter((commit) => {
    gitIn(root, 'worktree', 'add', '-q', '--detach', folder, commit);
    try {
      execFileSync('sh', ['-c', verify], { cwd: folder, stdio: 'ignore' });
      return false;
    } catch {
      return true;
    } finally {
      rmSync(folder, { recursive: true });
      gitIn(root, 'worktree', 'prune');
    }
  });
  return { moves: commits.length, red };
}
