import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { absolute, type AbsolutePath } from '../../src/kernel/path.ts';
import { parseSessionName } from '../../src/sessions/name.ts';
import { adminDir } from '../../src/sessions/project.ts';
import { bringBack, bringBackOrphan } from '../../src/safety/bring-back.ts';
import {
  abandon,
  append,
  collectGarbage,
  filesOf,
  fingerprint,
  held,
  keep,
  registryOf,
  type TrashRepo,
  trashRepo,
  write,
} from '../support/trash-fixture.ts';

const probes: Record<string, (repo: TrashRepo, path: AbsolutePath) => void> = {
  'a dirty tracked file': (_repo, path) => append(path, 'a.txt', 'more\n'),
  'staged, then edited again': (repo, path) => {
    append(path, 'a.txt', 'staged\n');
    repo.git(['add', 'a.txt'], path);
    append(path, 'a.txt', 'edited\n');
  },
  'untracked and ignored files': (_repo, path) =>
    write(path, { 'new.txt': 'new\n', '.env': 'SECRET=1\n', 'ignored/deep/x': 'x' }),
  'an edit hidden by skip-worktree': (repo, path) => {
    repo.git(['update-index', '--skip-worktree', 'b.txt'], path);
    append(path, 'b.txt', 'hidden\n');
  },
  'a nested clone in an ignored folder': (repo, path) => {
    repo.git(['clone', '-q', repo.root, join(path, 'ignored/clone')]);
    write(path, { 'ignored/clone/a.txt': 'work in the clone\n' });
  },
  'commits on a detached HEAD': (repo, path) => {
    repo.git(['switch', '-q', '--detach'], path);
    repo.git(['commit', '-q', '--allow-empty', '-m', 'nowhere else'], path);
  },
  'an amended commit': (repo, path) => {
    repo.git(['commit', '-q', '--allow-empty', '-m', 'before'], path);
    repo.git(['commit', '-q', '--allow-empty', '--amend', '-m', 'after'], path);
  },
  'a bisect': (repo, path) => {
    for (const text of ['1', '2', '3', '4']) {
      repo.git(['commit', '-q', '--allow-empty', '-m', text], path);
    }
    repo.git(['bisect', 'start', 'HEAD', 'HEAD~4'], path);
  },
  'a half-resolved merge': (repo, path) => {
    conflict(repo, path);
    failing(() => repo.git(['merge', '-q', 'other'], path));
    write(path, { 'a.txt': 'resolved\n' });
    repo.git(['add', 'a.txt'], path);
  },
};

/** Two branches that both change a.txt and b.txt. */
function conflict(repo: TrashRepo, path: AbsolutePath): void {
  repo.git(['branch', 'other'], path);
  write(path, { 'a.txt': 'session\n', 'b.txt': 'session\n' });
  repo.git(['commit', '-qam', 'session'], path);
  const side = join(path, '../side');
  repo.git(['worktree', 'add', '-q', side, 'other']);
  write(side, { 'a.txt': 'other\n', 'b.txt': 'other\n' });
  repo.git(['commit', '-qam', 'other'], side);
  repo.git(['worktree', 'remove', '--force', side]);
}

function failing(act: () => unknown): void {
  expect(act).toThrow(/Command failed: git/u);
}

for (const [what, prepare] of Object.entries(probes)) {
  test(`${what} comes back after gc, byte for byte`, async () => {
    const repo = await trashRepo();
    const path = await repo.session('auth');
    prepare(repo, path);
    const before = fingerprint(repo, path);
    const stored = await abandon(repo, 'auth');
    collectGarbage(repo);
    const back = await bringBack(repo.project, held(repo), stored);
    expect(back.warnings).toEqual([]);
    expect(fingerprint(repo, path)).toEqual(before);
    repo.git(['fsck', '--full', '--no-dangling']);
    const { record, place } = await repo.facts('auth');
    expect([record?.state, record?.intent, place.kind]).toEqual(['active', undefined, 'present']);
  });
}

test('a stopped rebase with autostash comes back and can be aborted', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  conflict(repo, path);
  append(path, 'run.sh', '# uncommitted\n');
  failing(() => repo.git(['rebase', '-q', '--autostash', 'other'], path));
  const before = fingerprint(repo, path);
  const stored = await abandon(repo, 'auth');
  collectGarbage(repo);
  await bringBack(repo.project, held(repo), stored, { as: parseSessionName('auth') });
  const after = fingerprint(repo, path);
  expect(after['files']).toEqual(before['files']);
  repo.git(['rebase', '--abort'], join(repo.project.sessionsDir, 'auth'));
  expect(repo.git(['status', '--porcelain'], path)).toBe(' M run.sh\n');
  expect(repo.git(['symbolic-ref', 'HEAD'], path)).toBe('refs/heads/session/auth\n');
});

test('unpushed submodule commits come back, under another name too', async () => {
  const library = await trashRepo();
  const repo = await trashRepo();
  repo.git(['submodule', 'add', '-q', library.root, 'lib']);
  repo.git(['commit', '-qm', 'lib']);
  const path = await repo.session('auth');
  repo.git(['submodule', 'update', '-q', '--init'], path);
  const lib = join(path, 'lib');
  repo.git(['commit', '-q', '--allow-empty', '-m', 'only here'], lib);
  const commit = repo.git(['rev-parse', 'HEAD'], lib);
  const before = fingerprint(repo, path);
  const stored = await abandon(repo, 'auth');
  collectGarbage(repo);
  await bringBack(repo.project, held(repo), stored);
  expect(fingerprint(repo, path)).toEqual(before);
  const again = await abandon(repo, 'auth');
  const back = await bringBack(repo.project, held(repo), again, { as: parseSessionName('two') });
  expect(repo.git(['rev-parse', 'HEAD'], join(back.worktree, 'lib'))).toBe(commit);
  expect(repo.git(['status', '--porcelain'], back.worktree)).toBe(' M lib\n');
  expect(repo.git(['branch', '--show-current'], back.worktree)).toBe('session/two\n');
});

test('two removals of one name can both come back', async () => {
  const repo = await trashRepo();
  const first = await repo.session('auth');
  write(first, { 'one.txt': '1' });
  const one = await abandon(repo, 'auth');
  const second = await repo.session('auth');
  write(second, { 'two.txt': '2' });
  const two = await abandon(repo, 'auth');
  expect([one.entry.id, two.entry.id]).toEqual(['auth~1', 'auth~2']);
  await bringBack(repo.project, held(repo), two);
  const taken = await bringBack(repo.project, held(repo), one).catch((error: unknown) => error);
  expect(isFlightError(taken, 'restore-taken') && taken.data.suggestion).toBe('auth-2');
  const back = await bringBack(repo.project, held(repo), one, { as: parseSessionName('auth-2') });
  expect(existsSync(join(back.worktree, 'one.txt'))).toBe(true);
  expect(existsSync(join(second, 'two.txt'))).toBe(true);
  expect(repo.git(['status', '--porcelain'], back.worktree)).toBe('?? one.txt\n');
});

test('a folder in the way is refused, and nothing moves', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  const stored = await abandon(repo, 'auth');
  mkdirSync(path);
  const waiting = filesOf(stored.entry.worktree?.path ?? '');
  const taken = await bringBack(repo.project, held(repo), stored).catch((error: unknown) => error);
  expect(isFlightError(taken, 'restore-taken')).toBe(true);
  expect(filesOf(stored.entry.worktree?.path ?? '')).toEqual(waiting);
  expect((await registryOf(repo)).sessions.size).toBe(0);
});

test('a restore that the disk refuses is taken back', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { '.env': 'x\n' });
  const before = fingerprint(repo, path);
  const stored = await abandon(repo, 'auth');
  const refs = repo.git(['for-each-ref']);
  const blocked = { ...repo.project, sessionsDir: absolute(join(repo.root, 'a.txt')) };
  const as = parseSessionName('two');
  const failed = await bringBack(blocked, held(repo), stored, { as }).catch((e: unknown) => e);
  expect(isFlightError(failed, 'disk-failed')).toBe(true);
  expect(repo.git(['for-each-ref'])).toBe(refs);
  expect(readdirSync(adminDir(repo.project, 'auth'))).toEqual(['locked']);
  collectGarbage(repo);
  await bringBack(repo.project, held(repo), stored);
  // git writes each renaming of HEAD into its log, there and back
  expect({ ...fingerprint(repo, path), log: before['log'] }).toEqual(before);
});

test('an admin id that somebody took is not taken from them', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { 'new.txt': 'x\n' });
  const stored = await abandon(repo, 'auth');
  rmSync(adminDir(repo.project, 'auth'), { recursive: true });
  const other = join(repo.root, '../elsewhere/auth');
  repo.git(['worktree', 'add', '-q', '--detach', other]);
  await bringBack(repo.project, held(repo), stored);
  expect(repo.git(['status', '--porcelain', '--branch'], path)).toBe(
    '## session/auth\n?? new.txt\n',
  );
  expect(repo.git(['status', '--porcelain', '--branch'], other)).toBe('## HEAD (no branch)\n');
});

test('an orphan keeps its index and HEAD; its staged work is in the new folder', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { 'staged.txt': 'staged\n' });
  repo.git(['add', 'staged.txt'], path);
  repo.git(['switch', '-q', '--detach'], path);
  rmSync(path, { recursive: true });
  const back = await bringBackOrphan(repo.project, held(repo), await repo.facts('auth'));
  expect(back.warnings.map((warning) => warning.code)).toEqual(['files-lost']);
  expect(repo.git(['status', '--porcelain'], path)).toBe('A  staged.txt\n');
  expect(repo.git(['branch', '--show-current'], path)).toBe('');

  rmSync(path, { recursive: true });
  const stored = await abandon(repo, 'auth');
  collectGarbage(repo);
  await bringBack(repo.project, held(repo), stored);
  expect(repo.git(['status', '--porcelain'], path)).toBe('A  staged.txt\n');

  rmSync(path, { recursive: true });
  rmSync(adminDir(repo.project, 'auth'), { recursive: true });
  const fresh = await bringBackOrphan(repo.project, held(repo), await repo.facts('auth'));
  expect(fresh.warnings.map((warning) => warning.code)).toEqual(['worktree-lost']);
  expect(repo.git(['status', '--porcelain', '--branch'], path)).toBe('## session/auth\n');
  expect((await repo.facts('auth')).place.kind).toBe('present');
});

test('an orphan in the middle of a conflict gets its markers back', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  conflict(repo, path);
  failing(() => repo.git(['merge', '-q', 'other'], path));
  const status = repo.git(['status', '--porcelain=v2'], path);
  rmSync(path, { recursive: true });
  await bringBackOrphan(repo.project, held(repo), await repo.facts('auth'));
  expect(repo.git(['status', '--porcelain=v2'], path)).toBe(status);
  expect(repo.git(['grep', '-c', '<<<<<<<'], path)).toBe('a.txt:1\nb.txt:1\n');
});

test('a kept branch that moved on: own files come back over it, clashing ones refuse', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { '.env': 'mine\n', 'own.txt': 'own\n' });
  append(path, 'b.txt', 'uncommitted\n');
  const stored = await keep(repo, 'auth');
  repo.git(['switch', '-q', 'session/auth']);
  write(repo.root, { 'a.txt': 'moved on\n', 'new.txt': 'new\n' });
  repo.git(['rm', '-q', 'run.sh']);
  repo.git(['add', '.']);
  repo.git(['commit', '-qm', 'elsewhere']);
  const busy = await bringBack(repo.project, held(repo), stored).catch((error: unknown) => error);
  expect(isFlightError(busy, 'restore-taken')).toBe(true);
  repo.git(['switch', '-q', 'main']);
  const waiting = stored.entry.worktree?.path ?? '';
  write(waiting, { 'new.txt': 'in the way\n' });
  const clash = await bringBack(repo.project, held(repo), stored).catch((error: unknown) => error);
  expect(isFlightError(clash, 'restore-clash') && clash.data.paths).toEqual(['new.txt']);
  rmSync(join(waiting, 'new.txt'));
  await bringBack(repo.project, held(repo), stored);
  expect(repo.git(['status', '--porcelain', '--ignored'], path)).toBe(
    ' M b.txt\n?? own.txt\n!! .env\n',
  );
  expect((await repo.facts('auth')).record?.trash).toBeUndefined();
});

test('emptied from the trash, the branch of a kept session still comes back', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { '.env': 'x\n' });
  const stored = await keep(repo, 'auth');
  rmSync(stored.entry.worktree?.path ?? '', { recursive: true });
  rmSync(stored.entry.privateDir?.path ?? '', { recursive: true });
  const back = await bringBack(repo.project, held(repo), stored);
  expect(back.warnings.map((warning) => warning.code)).toEqual(['worktree-lost']);
  expect(repo.git(['status', '--porcelain', '--branch'], path)).toBe('## session/auth\n');
});
