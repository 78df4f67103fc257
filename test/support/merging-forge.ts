// A forge that really merges: a bare repository as remote, a `gh` on PATH that knows its pull
// requests, and the three ways a forge merges one, each as the forge does it.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitIn, gitIn, temporaryFolder, type TestRepo } from './repo.ts';

type MergeWay = 'merge' | 'squash' | 'rebase';

interface Pull {
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly state: 'OPEN' | 'MERGED' | 'CLOSED';
  readonly head: string;
  readonly mergeCommit: { readonly oid: string } | null;
}

export interface MergingForge {
  readonly remote: string;
  /** for operations: where its `gh` is */
  readonly env: Readonly<Record<string, string>>;
  /** merges the pull request of `branch` as it is there; answers the last commit that came in */
  readonly merge: (branch: string, way: MergeWay, message?: string) => string;
  readonly close: (branch: string) => void;
  /** somebody commits on the forge, to main or to the branch of a pull request */
  readonly commit: (branch: string, path: string, content: string) => string;
  /** somebody takes the last commit of main back */
  readonly revert: () => void;
  readonly deleteBranch: (branch: string) => void;
}

/** `repo` gets it as `origin`, with main pushed and tracked. */
export function mergingForge(repo: TestRepo): MergingForge {
  const folder = temporaryFolder('forge-');
  const remote = join(folder, 'remote.git');
  gitIn(folder, 'init', '-q', '--bare', '-b', 'main', remote);
  repo.git('remote', 'add', 'origin', remote);
  repo.git('push', '-q', '-u', 'origin', 'main');
  const inside = join(folder, 'inside');
  gitIn(folder, 'clone', '-q', remote, inside);
  const state = join(folder, 'pulls.json');
  writeFileSync(state, '[]');
  const pulls = (): readonly Pull[] => JSON.parse(readFileSync(state, 'utf8')) as Pull[];
  const update = (branch: string, change: Partial<Pull>): void => {
    const all = pulls().map((one) => (one.head === branch ? { ...one, ...change } : one));
    writeFileSync(state, JSON.stringify(all));
  };
  const on = (branch: string): void => {
    gitIn(inside, 'fetch', '-q', '--prune', 'origin');
    gitIn(inside, 'checkout', '-q', '-B', branch, `origin/${branch}`);
  };
  const push = (branch: string): string => {
    gitIn(inside, 'push', '-q', 'origin', `${branch}:${branch}`);
    return gitIn(inside, 'rev-parse', branch);
  };
  return {
    remote,
    env: { PATH: `${program(folder, state)}:${process.env['PATH'] ?? ''}` },
    merge: (branch, way, message = `${way} of ${branch} (#1)`) => {
      on('main');
      on(branch);
      if (way === 'rebase') gitIn(inside, 'rebase', '-q', '--force-rebase', 'main');
      gitIn(inside, 'checkout', '-q', 'main');
      if (way === 'merge') gitIn(inside, 'merge', '-q', '--no-ff', '-m', message, branch);
      if (way === 'rebase') gitIn(inside, 'merge', '-q', '--ff-only', branch);
      if (way === 'squash') {
        gitIn(inside, 'merge', '-q', '--squash', branch);
        gitIn(inside, 'commit', '-q', '-m', message);
      }
      const oid = push('main');
      update(branch, { state: 'MERGED', mergeCommit: { oid } });
      return oid;
    },
    close: (branch) => update(branch, { state: 'CLOSED' }),
    commit: (branch, path, content) => {
      on(branch);
      commitIn(inside, path, content);
      return push(branch);
    },
    revert: () => {
      on('main');
      gitIn(inside, 'revert', '--no-edit', 'HEAD');
      push('main');
    },
    deleteBranch: (branch) => {
      gitIn(inside, 'push', '-q', 'origin', `:${branch}`);
    },
  };
}

/** Its `gh`; answers the folder it is in. */
function program(folder: string, state: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'gh'),
    `#!${process.execPath}
const fs = require('node:fs');
const [noun, verb, ...rest] = process.argv.slice(2);
const flag = (name) => rest.find((word) => word.startsWith('--' + name + '='))?.slice(name.length + 3) ?? '';
const pulls = JSON.parse(fs.readFileSync(${JSON.stringify(state)}, 'utf8'));
if (verb === 'list') process.stdout.write('[]');
if (verb === 'create') {
  const number = pulls.length + 1;
  const url = 'https://github.com/acme/app/pull/' + number;
  pulls.push({ number, url, title: flag('title'), state: 'OPEN', head: flag('head'), mergeCommit: null });
  fs.writeFileSync(${JSON.stringify(state)}, JSON.stringify(pulls));
  process.stdout.write(url + '\\n');
}
if (verb === 'view') {
  const found = pulls.find(({ url }) => url === rest[0]);
  const more = { isDraft: false, statusCheckRollup: [], reviewDecision: '', latestReviews: [], mergedAt: null };
  if (found === undefined) process.exitCode = 1;
  else process.stdout.write(JSON.stringify({ ...more, ...found }));
}
`,
  );
  chmodSync(join(bin, 'gh'), 0o755);
  return bin;
}
