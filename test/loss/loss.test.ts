// None is lost: each kind of work, each way a session can end. Either it is refused, naming what
// stands in the way and changing nothing, or after everything unreachable was pruned restore
// brings the bytes back. The tables say which; nothing is in neither column.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanup } from '../../src/operations/cleanup.ts';
import { remove } from '../../src/operations/remove.ts';
import { restore } from '../../src/operations/restore.ts';
import { fakeForge } from '../support/fake-forge.ts';
import {
  filesBelow,
  fingerprint,
  forgetUnreachable,
  operate,
  type Answered,
} from '../support/operate.ts';
import { gitIn, temporaryFolder, type TestRepo, type TestSession } from '../support/repo.ts';
import { kinds, lossRepo, type Made } from './kinds.ts';

const url = 'https://github.com/acme/app/pull/7';

interface Way {
  readonly end: (session: TestSession, repo: TestRepo) => ReturnType<typeof operate>;
  /** before the session ends, e.g. so that it has landed */
  readonly before?: (session: TestSession) => void;
  /** default: they come back */
  readonly files?: 'come back' | 'are gone';
}

interface Work {
  readonly session: TestSession;
  readonly made: Made;
  readonly index: string;
  readonly head: string;
  readonly files: readonly string[];
}

function look(session: TestSession): Omit<Work, 'session' | 'made'> {
  return {
    index: session.git('ls-files', '-s', '-v'),
    head: session.git('rev-parse', '--symbolic-full-name', 'HEAD'),
    files: filesBelow(session.worktree),
  };
}

function name(kind: string): string {
  return kind.replace(/[^a-z]+/gu, '-');
}

function objectsOf({ session, made }: Work): void {
  for (const one of made.objects ?? []) session.git('cat-file', '-e', one);
  const modules = join(session.privateDir, 'modules', 'sub');
  for (const one of made.submodule ?? [])
    gitIn(session.worktree, `--git-dir=${modules}`, 'cat-file', '-e', one);
}

function refused(
  kind: string,
  { made }: Work,
  ended: Answered,
  [before, after]: readonly (readonly string[])[],
): string {
  expect([kind, ended.exit]).toEqual([kind, 4]);
  expect(after).toEqual(before);
  expect(JSON.stringify(ended.errorData) + ended.message).toContain(made.names ?? 'nothing');
  return `refused: ${ended.code}`;
}

async function cameBack(
  kind: string,
  work: Work,
  repo: TestRepo,
  files: 'come back' | 'are gone',
): Promise<string> {
  const { session } = work;
  expect(existsSync(session.worktree)).toBe(false);
  const back = await operate(restore, { names: [session.name] }, { directory: repo.root });
  expect([kind, back.exit, back.message]).toEqual([kind, 0, '']);
  const { index, head, files: now } = look(session);
  expect({ index, head }).toEqual({ index: work.index, head: work.head });
  objectsOf(work);
  if (files === 'are gone') return `says what is lost: ${Array.isArray(back.data['lost'])}`;
  expect(now).toEqual(work.files);
  return 'comes back';
}

/** Ends every session, forgets what nobody holds, brings back what left; what became of each. */
async function tryAll(
  repo: TestRepo,
  all: ReadonlyMap<string, Work>,
  way: Way,
): Promise<Record<string, string>> {
  const files = way.files ?? 'come back';
  const table: Record<string, string> = {};
  const left: string[] = [];
  for (const [kind, work] of all) {
    way.before?.(work.session);
    const before = fingerprint(repo.root);
    const ended = await way.end(work.session, repo);
    if (ended.exit === 0) left.push(kind);
    else table[kind] = refused(kind, work, ended, [before, fingerprint(repo.root)]);
  }
  forgetUnreachable(repo.root);
  for (const kind of left) {
    const work = all.get(kind);
    if (work !== undefined) table[kind] = await cameBack(kind, work, repo, files);
  }
  return table;
}

const refusedIfNotCommitted = {
  'dirty tracked': 'refused: uncommitted-work',
  'staged, then edited again': 'refused: uncommitted-work',
  'untracked, hidden by configuration': 'refused: uncommitted-work',
  'ignored .env': 'comes back',
  'skip-worktree': 'refused: uncommitted-work',
  'assume-unchanged': 'refused: uncommitted-work',
  'submodule commits, hidden by configuration': 'refused: uncommitted-work',
  'nested worktree': 'refused: worktree-inside',
  'nested clone': 'refused: nested-work',
  'detached HEAD': 'refused: head-elsewhere',
  'amended commits': 'comes back',
  'stopped rebase with autostash': 'refused: uncommitted-work',
  bisect: 'refused: operation-in-progress',
  'half-resolved merge': 'refused: uncommitted-work',
};

const removeBy =
  (strategy: string, env: Readonly<Record<string, string>> = {}): Way['end'] =>
  (session, repo) =>
    operate(
      remove,
      { name: session.name, strategy, yes: strategy === 'abandon' },
      { directory: repo.root, env },
    );

/** A plan without items says why in the words of the refusal, and ends with 0. */
const cleanUp =
  (input: object): Way['end'] =>
  async (session, repo) => {
    const where = { directory: repo.root };
    const ended = await operate(cleanup, { names: [session.name], yes: true, ...input }, where);
    const [kept] = ended.data['untouched'] as { why: string }[];
    return kept === undefined ? ended : { ...ended, exit: 4, code: 'untouched', message: kept.why };
  };

function makeAll(repo: TestRepo): Map<string, Work> {
  return new Map(
    kinds.map((kind): [string, Work] => {
      const session = repo.addSession(name(kind.name));
      const made = kind.make(session, repo);
      return [kind.name, { session, made, ...look(session) }];
    }),
  );
}

// some seventy removals and restores; on a loaded machine slow is not wrong
const long = 300_000;

const allOf = (what: string): Record<string, string> =>
  Object.fromEntries(kinds.map((kind) => [kind.name, what]));

test(
  'each kind of work, each strategy: refused, or back byte for byte',
  { timeout: long },
  async () => {
    const repo = lossRepo();
    const folder = temporaryFolder();
    const { bin } = await fakeForge(folder, 'gh', {
      'auth status': {},
      'pr list': { stdout: '[]' },
      'pr create': { stdout: `${url}\n` },
    });
    gitIn(folder, 'init', '-q', '--bare', 'remote.git');
    repo.git('remote', 'add', 'origin', join(folder, 'remote.git'));
    const all = makeAll(repo);
    // What comes back is whole, so that it can end in the next way. First the one that takes all:
    // its pins hold what a gc takes from sessions at work, such as the autostash of a rebase.
    const abandoned = await tryAll(repo, all, { end: removeBy('abandon') });
    expect(abandoned).toEqual({
      ...allOf('comes back'),
      'nested worktree': 'refused: worktree-inside',
    });
    const ways: Readonly<Record<string, Way>> = {
      keep: { end: removeBy('keep') },
      pr: { end: removeBy('pr', { PATH: `${bin}:${process.env['PATH'] ?? ''}` }) },
      merge: { end: removeBy('merge') },
      landed: {
        before: (session) => repo.git('merge', '-q', '--no-ff', '--no-edit', session.branch),
        end: cleanUp({ landed: true }),
      },
    };
    for (const [way, how] of Object.entries(ways)) {
      remake(repo, all, 'amended commits');
      const table = await tryAll(repo, all, how);
      const expected = Object.entries(refusedIfNotCommitted).map(([kind, what]) => [
        kind,
        way !== 'landed' || what === 'comes back' ? what : 'refused: untouched',
      ]);
      expect([way, table]).toEqual([way, Object.fromEntries(expected)]);
    }
    expect(repo.git('fsck', '--connectivity-only', '--no-dangling')).toBe('');
  },
);

/** New objects, which no earlier entry of the trash holds. */
function remake(repo: TestRepo, all: Map<string, Work>, name: string): void {
  const kind = kinds.find((one) => one.name === name);
  const work = all.get(name);
  if (kind === undefined || work === undefined) throw new Error(`no kind ${name}`);
  const made = kind.make(work.session, repo);
  all.set(name, { ...work, made, ...look(work.session) });
}

test(
  'each kind of work, its folder deleted by hand: all but that comes back',
  { timeout: long },
  async () => {
    const repo = lossRepo();
    const all = makeAll(repo);
    for (const { session } of all.values()) rmSync(session.worktree, { recursive: true });
    const table = await tryAll(repo, all, { end: cleanUp({}), files: 'are gone' });
    expect(table).toEqual(allOf('says what is lost: true'));
    expect(repo.git('fsck', '--connectivity-only', '--no-dangling')).toBe('');
  },
);
