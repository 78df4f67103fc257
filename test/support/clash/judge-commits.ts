// Sessions out of a real history, every two of them judged: half as they were committed, of the
// other half a part of the change is committed, a part staged, a part only lies there.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeClashes } from '../../../src/integration/clash/judge.ts';
import { openGit } from '../../../src/git/git.ts';
import { oid, type Oid } from '../../../src/git/oid.ts';
import { absolute } from '../../../src/kernel/path.ts';
import { openProject } from '../../../src/sessions/project.ts';
import { gitIn, temporaryFolder } from '../repo.ts';
import { hold, noTally, type Judged, type Tally } from './judged.ts';
import { commitAll, openJudge } from './merge-judge.ts';
import { makeUpSides } from './made-up-sides.ts';
import { participantOf, type OnDisk } from './participant.ts';
import { draw, sidesOf, type Side } from './real-sides.ts';

export interface JudgedCommits extends Judged {
  readonly tally: Tally;
  /** is the history long enough to have plenty of both kinds? */
  readonly enough: boolean;
  /** for a person: what was judged, and how long it took */
  readonly told: string;
}

/** The clone that these tests are in. */
export function ownHistory(): string {
  return fileURLToPath(new URL('../../..', import.meta.url));
}

/** @param repository a clone; only read */
export async function judgeCommits(
  repository: string,
  wanted: { readonly pairs: number; readonly seed: number },
): Promise<JudgedCommits> {
  const root = join(temporaryFolder('history-'), 'project');
  gitIn(repository, 'clone', '-q', '--shared', '--no-checkout', '--no-tags', repository, root);
  gitIn(root, 'checkout', '-q', '--detach');
  gitIn(root, 'branch', '-q', '-f', 'main', 'HEAD');
  const count = Math.ceil((1 + Math.sqrt(1 + 8 * wanted.pairs)) / 2);
  const real = sidesOf(root, count, wanted.seed);
  const sides = [...real, ...makeUpSides(root, count - real.length, wanted.seed)];
  const sessions = sides.map((side, at) => makeSession(root, side, `s${at}`));

  const port = openGit({ env: process.env });
  const project = await openProject(port, absolute(root), process.env);
  const participants = await Promise.all(sessions.map((one) => participantOf(port, root, one)));
  const begun = performance.now();
  const clashes = await judgeClashes(project, participants);
  const foreseen = performance.now();
  const commits = new Map(sessions.map((one) => [one.name, everythingOf(root, one)]));
  const bases = new Map([['main', oid(gitIn(root, 'rev-parse', 'main'))]]);
  const tally = noTally();
  const judged = hold({ judge: openJudge(root, 'conflicts'), clashes, commits, bases }, tally);
  const madeUp =
    real.length === count ? '' : `, ${count - real.length} of ${count} sides made up: few commits`;
  const told =
    `${JSON.stringify(tally)}${madeUp}: foreseen in ` +
    `${seconds(foreseen - begun)} s, judged in ${seconds(performance.now() - foreseen)} s\n`;
  const length = Number(gitIn(root, 'rev-list', '--count', 'HEAD'));
  return { ...judged, tally, told, enough: length >= 100 };
}

function makeSession(root: string, side: Side, name: string): OnDisk {
  const branch = `session/${name}`;
  if (side.head === side.content) {
    gitIn(root, 'branch', '-q', '--no-track', branch, side.head);
    return { name, branch, worktree: null };
  }
  const worktree = join(`${root}-sessions`, name);
  const place = ['--no-track', '--no-checkout', '-b', branch, worktree, side.head];
  gitIn(root, 'worktree', 'add', '-q', ...place);
  gitIn(worktree, 'read-tree', '--reset', '-u', side.content);
  gitIn(worktree, 'reset', '-q');
  const names = gitIn(worktree, 'diff', '--name-only', '-z', '--no-renames', 'HEAD', side.content);
  const paths = names.split('\0').filter((path) => path !== '');
  const part = (third: number): string[] => paths.filter((path) => draw(path, 0) % 3 === third);
  add(worktree, part(0));
  gitIn(worktree, 'commit', '-q', '--no-verify', '--allow-empty', '-m', 'a part');
  add(worktree, part(1));
  return { name, branch, worktree };
}

function add(worktree: string, paths: readonly string[]): void {
  if (paths.length === 0) return;
  const args = ['--literal-pathspecs', 'add', '--all', '--force', '--pathspec-from-file=-'];
  execFileSync('git', [...args, '--pathspec-file-nul'], {
    cwd: worktree,
    input: paths.join('\0'),
  });
}

function everythingOf(root: string, session: OnDisk): Oid {
  return session.worktree === null
    ? oid(gitIn(root, 'rev-parse', session.branch))
    : commitAll(session.worktree);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
