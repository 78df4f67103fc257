// One session, a base that moves on, and a sync of one into the other.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { markedGit } from '../../../src/git/git.ts';
import { oid, type BranchName } from '../../../src/git/oid.ts';
import { syncSession } from '../../../src/integration/sync/sync.ts';
import type { SyncDeps, SyncInput, SyncResult } from '../../../src/integration/sync/sync.ts';
import { systemClock } from '../../../src/kernel/clock.ts';
import type { Warning } from '../../../src/kernel/outcome.ts';
import { parseSessionName, sessionKey } from '../../../src/sessions/name.ts';
import { makeRepo, type TestRepo, type TestSession } from '../../support/repo.ts';
import { nobody } from '../../support/nobody.ts';

export const numbered = (change: Readonly<Record<number, string>> = {}): string =>
  Array.from({ length: 20 }, (_, at) => `${change[at + 1] ?? `line ${at + 1}`}\n`).join('');

export interface Pair {
  readonly repo: TestRepo;
  readonly session: TestSession;
}

/** A project of a few files and a session `auth`. */
export function pair(): Pair {
  const repo = makeRepo();
  repo.write('.gitignore', 'ignored*\n.env\n');
  repo.write('a.txt', numbered());
  // git does not give back every byte of it
  repo.write('.gitattributes', 'mixed.txt text\n');
  repo.write('mixed.txt', numbered());
  repo.write('b.txt', 'b\n');
  repo.write('dir/c.txt', 'c\n');
  repo.write('gone.txt', 'gone\n');
  repo.git('add', '.');
  repo.git('commit', '-qm', 'start');
  return { repo, session: repo.addSession('auth') };
}

/** The base changes line 3 of a.txt and mixed.txt, adds new/x.txt, deletes gone.txt. */
export function baseMovesOn({ repo }: Pair): void {
  repo.write('a.txt', numbered({ 3: 'three' }));
  repo.write('mixed.txt', numbered({ 3: 'three' }));
  repo.write('new/x.txt', 'x\n');
  repo.git('rm', '-q', 'gone.txt');
  repo.git('add', '.');
  repo.git('commit', '-qm', 'the base moves on');
}

export interface Options extends Partial<SyncInput> {
  readonly warn?: (warning: Warning) => void;
  /** called right before the lock is taken the n-th time */
  readonly beforeLock?: (nth: number) => void;
}

export async function sync({ repo, session }: Pair, options: Options = {}): Promise<SyncResult> {
  const { warn, beforeLock, ...input } = options;
  const project = await repo.project();
  const owner = nobody(`driver-${process.pid}`);
  let locks = 0;
  const deps: SyncDeps = {
    project,
    clock: systemClock,
    lock: (body) => {
      beforeLock?.((locks += 1));
      return body({ owner, git: markedGit(project.git, owner.token) });
    },
    ...(warn === undefined ? {} : { warn }),
  };
  return syncSession(deps, {
    key: sessionKey(parseSessionName(session.name)),
    name: session.name,
    branch: session.branch,
    sessionTip: oid(repo.git('rev-parse', session.branch)),
    base: 'main' as BranchName,
    baseTip: oid(repo.git('rev-parse', 'main')),
    worktree: session.worktree,
    privateDir: session.privateDir,
    shape: 'merge',
    carry: false,
    keep: [],
    ...input,
  });
}

export interface Seen {
  readonly tip: string;
  readonly head: string;
  readonly index: string;
  readonly status: string;
  readonly files: readonly string[];
  /** names in the private git dir */
  readonly own: readonly string[];
}

/** Everything a user sees of the session. */
export function seen({ session }: Pair): Seen {
  return {
    tip: session.git('rev-parse', 'HEAD'),
    head: session.git('rev-parse', '--symbolic-full-name', 'HEAD'),
    index: session.git('ls-files', '-s', '-v', '--debug').replaceAll(/^ .*\n?/gmu, ''),
    status: session.git('--no-optional-locks', 'status', '--porcelain=v2', '--untracked-files=all'),
    files: filesOf(session.worktree),
    own: [
      ...readdirSync(session.privateDir).filter((name) => !name.startsWith('COMMIT_EDITMSG')),
      ...readdirSync(join(session.privateDir, 'flight-rules')),
    ],
  };
}

function filesOf(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below))
    .toSorted()
    .filter((name) => name !== '.git')
    .flatMap((name) => {
      const path = join(below, name);
      const info = lstatSync(join(folder, path));
      if (info.isDirectory()) return filesOf(folder, path);
      const bytes = info.isSymbolicLink()
        ? readlinkSync(join(folder, path))
        : readFileSync(join(folder, path));
      const hash = createHash('sha1').update(bytes).digest('hex').slice(0, 12);
      return [`${path} ${info.mode.toString(8)} ${hash}`];
    });
}

/** Nothing of ours is left: no intent, no pin, no scratch. */
export function leftovers({ repo, session }: Pair): string[] {
  const record = execFileSync('git', ['cat-file', 'blob', 'refs/flight-rules/sessions/auth'], {
    cwd: repo.root,
    encoding: 'utf8',
  });
  return [
    ...(record.includes('"intent"') ? ['intent'] : []),
    ...repo.git('for-each-ref', 'refs/flight-rules/sync').split('\n').filter(Boolean),
    ...readdirSync(join(session.privateDir, 'flight-rules')).filter(
      (name) => !['token', 'common-dirs'].includes(name),
    ),
    ...readdirSync(session.privateDir).filter((name) => name.endsWith('.lock')),
    ...readdirSync(join(repo.commonDir, 'flight-rules')).filter((name) => name !== 'home'),
  ];
}
