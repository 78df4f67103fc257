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
  readonly before?: (session: TestSession, repo: TestRepo) => void;
  readonly env?: Readonly<Record<string, string>>;
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

/** Ends one session of each kind and answers what became of it, kind by kind. */
async function endAll(way: Way, files: 'come back' | 'are gone'): Promise<Record<string, string>> {
  const repo = lossRepo();
  const all: [string, Work][] = kinds.map((kind) => {
    const session = repo.addSession(name(kind.name));
    const made = kind.make(session, repo);
    return [kind.name, { session, made, ...look(session) }];
  });
  for (const [, { session }] of all) way.before?.(session, repo);
  const table: Record<string, string> = {};
  const left: [string, Work][] = [];
  for (const [kind, work] of all) {
    if (files === 'are gone') rmSync(work.session.worktree, { recursive: true });
    const before = fingerprint(repo.root);
    const ended = await way.end(work.session, repo);
    if (ended.exit === 0) left.push([kind, work]);
    else table[kind] = refused(kind, work, ended, [before, fingerprint(repo.root)]);
  }
  forgetUnreachable(repo.root);
  for (const [kind, work] of left) table[kind] = await cameBack(kind, work, repo, files);
  forgetUnreachable(repo.root);
  expect(repo.git('fsck', '--connectivity-only', '--no-dangling')).toBe('');
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

test('keep', async () => {
  expect(await endAll({ end: removeBy('keep') }, 'come back')).toEqual(refusedIfNotCommitted);
});

test('merge', async () => {
  expect(await endAll({ end: removeBy('merge') }, 'come back')).toEqual(refusedIfNotCommitted);
});

test('pr', async () => {
  const folder = temporaryFolder();
  const { bin } = await fakeForge(folder, 'gh', {
    'auth status': {},
    'pr list': { stdout: '[]' },
    'pr create': { stdout: `${url}\n` },
  });
  const remote = join(folder, 'remote.git');
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const before: Way['before'] = (_, repo) => {
    if (existsSync(remote)) return;
    gitIn(folder, 'init', '-q', '--bare', remote);
    repo.git('remote', 'add', 'origin', remote);
  };
  const table = await endAll({ end: removeBy('pr', env), before }, 'come back');
  expect(table).toEqual(refusedIfNotCommitted);
});

test('cleanup --landed', async () => {
  const before: Way['before'] = (session, repo) => {
    repo.git('merge', '-q', '--no-ff', session.branch);
  };
  const end: Way['end'] = async (session, repo) => {
    const where = { directory: repo.root };
    const input = { names: [session.name], landed: true, yes: true };
    const ended = await operate(cleanup, input, where);
    const [kept] = ended.data['untouched'] as { why: string }[];
    // a plan without items: what is untouched says why, in the words of the refusal
    return kept === undefined
      ? ended
      : { ...ended, exit: 4, code: 'untouched' as const, message: kept.why };
  };
  const table = await endAll({ end, before }, 'come back');
  const expected = Object.entries(refusedIfNotCommitted).map(([kind, what]) => [
    kind,
    what === 'comes back' ? what : 'refused: untouched',
  ]);
  expect(table).toEqual(Object.fromEntries(expected));
});

test('abandon', async () => {
  const all = kinds.map(({ name: kind }) => [kind, 'comes back']);
  expect(await endAll({ end: removeBy('abandon') }, 'come back')).toEqual({
    ...Object.fromEntries(all),
    'nested worktree': 'refused: worktree-inside',
  });
});

test('cleanup of what was deleted by hand', async () => {
  const end: Way['end'] = (session, repo) =>
    operate(cleanup, { names: [session.name], yes: true }, { directory: repo.root });
  const all = kinds.map(({ name: kind }) => [kind, 'says what is lost: true']);
  expect(await endAll({ end }, 'are gone')).toEqual(Object.fromEntries(all));
});
