// What `git merge` itself says of two commits: the judge of every verdict that is foreseen. A real
// worktree of the very repository, so that its configuration and attributes count, is put at the
// one and merges the other, really.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { oid, type Oid } from '../../../src/git/oid.ts';
import { gitIn, temporaryFolder } from '../repo.ts';

export type Ruling =
  | { readonly kind: 'clean' }
  /** the unmerged paths, sorted; none for a conflict that is only told (a directory rename split) */
  | { readonly kind: 'conflict'; readonly paths: readonly string[] }
  /** git would not even try: it says why */
  | { readonly kind: 'refused'; readonly why: string };

export interface MergeJudge {
  /** merges `theirs` into `ours`, and puts everything back */
  readonly rule: (ours: Oid, theirs: Oid) => Ruling;
  /** the paths that differ from their merge base in both; `null` if there is not just one base */
  readonly changedByBoth: (ours: Oid, theirs: Oid) => readonly string[] | null;
}

/**
 * @param repository a folder of it; the judge's worktree is registered there, detached
 * @param checkout `conflicts`: only what conflicts is written out, for a repository of many files
 */
export function openJudge(
  repository: string,
  checkout: 'everything' | 'conflicts' = 'everything',
): MergeJudge {
  const place = join(temporaryFolder('judge-'), 'worktree');
  gitIn(repository, 'worktree', 'add', '-q', '--detach', '--no-checkout', place, 'HEAD');
  if (checkout === 'conflicts') {
    gitIn(place, 'sparse-checkout', 'set', '--no-cone', '/.gitattributes');
  }
  let at: Oid | null = null;
  const git = (
    ...args: readonly string[]
  ): { status: number | null; stdout: string; stderr: string } =>
    spawnSync('git', [...plain, ...args], { cwd: place, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const put = (commit: Oid): void => {
    // twice, since `reset` looks at the attributes of the files that it is about to replace
    if (at !== commit) gitIn(place, ...plain, 'reset', '-q', '--hard', commit);
    gitIn(place, ...plain, 'reset', '-q', '--hard', commit);
    gitIn(place, ...plain, 'clean', '-qffdx');
    at = commit;
  };
  return {
    changedByBoth: (ours, theirs) => {
      const bases = git('merge-base', '--all', ours, theirs).stdout.trim().split('\n');
      const [base = ''] = bases;
      if (base === '' || bases.length > 1) return null;
      const changed = (tip: Oid): string[] =>
        git('diff', '--name-only', '-z', '--no-renames', base, tip).stdout.split('\0').slice(0, -1);
      const mine = new Set(changed(ours));
      return changed(theirs).filter((path) => mine.has(path));
    },
    rule: (ours, theirs) => {
      put(ours);
      const merged = git('merge', '-q', '--no-commit', '--no-ff', '--no-verify', '--', theirs);
      if (merged.status === 0) return { kind: 'clean' };
      const said = `${merged.stdout}${merged.stderr}`.trim();
      const unmerged = git('ls-files', '-z', '--unmerged').stdout;
      const paths = unmerged.split('\0').flatMap((line) => {
        const tab = line.indexOf('\t');
        return tab < 0 ? [] : [line.slice(tab + 1)];
      });
      // with any exit code: some it reports and then cannot write down ("cache entry has null sha1")
      const conflicts = /^CONFLICT |^Automatic merge failed/mu.test(said);
      return conflicts || paths.length > 0
        ? { kind: 'conflict', paths: [...new Set(paths)].toSorted() }
        : { kind: 'refused', why: `exit ${merged.status}: ${said}` };
    },
  };
}

/** Commits everything that is there, as a person would; answers the new HEAD. */
export function commitAll(worktree: string): Oid {
  gitIn(worktree, ...plain, 'add', '--all');
  const args = ['commit', '-q', '--no-verify', '--allow-empty', '-m', 'everything that was there'];
  gitIn(worktree, ...plain, ...args);
  return oid(gitIn(worktree, 'rev-parse', 'HEAD'));
}

/** What would only slow it down or ask somebody. */
const plain = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.safecrlf=false',
  '-c',
  'advice.addEmbeddedRepo=false',
  '-c',
  'gc.auto=0',
];
