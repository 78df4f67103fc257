// A clone that was cut off has few commits to judge, or one. What is missing is made up of the
// files that it has: lines taken out here and there, other ones for each side.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitIn, temporaryFolder } from '../repo.ts';
import { commitAll } from './merge-judge.ts';
import { draw, type Side } from './real-sides.ts';

/** Commits on top of HEAD; none if `count` is not positive. */
export function makeUpSides(repository: string, count: number, seed: number): readonly Side[] {
  if (count <= 0) return [];
  const head = gitIn(repository, 'rev-parse', 'HEAD');
  const place = join(temporaryFolder('made-up-'), 'worktree');
  gitIn(repository, 'worktree', 'add', '-q', '--detach', place, head);
  const files = gitIn(place, 'ls-files', '-z').split('\0').slice(0, -1);
  return Array.from({ length: count }, (_, at) => {
    const own = seed + at;
    gitIn(place, 'checkout', '-q', '--detach', head);
    // few files, or every two sides would clash
    for (const file of files) if (draw(file, own) % 100 === 0) thin(join(place, file), own);
    return { head, content: commitAll(place) };
  });
}

function thin(file: string, seed: number): void {
  const lines = readFileSync(file, 'latin1').split('\n');
  const kept = lines.filter((_, at) => draw(`${at}`, seed) % 10 > 0);
  writeFileSync(file, kept.join('\n'), 'latin1');
}
