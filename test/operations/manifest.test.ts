// The manifest is a view: it can be torn, edited, newer, foreign or hostile, and only what is
// proven in it is ever acted on.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { ask, must, type Reply } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, type TestRepo } from '../support/repo.ts';

interface Entry {
  readonly id: string;
  readonly [field: string]: unknown;
}

const sessionsOf = (repo: TestRepo): string => `${repo.root}-sessions`;
const fileOf = (repo: TestRepo): string => join(sessionsOf(repo), '.manifest.json');

function writeManifest(repo: TestRepo, text: string): void {
  mkdirSync(sessionsOf(repo), { recursive: true });
  writeFileSync(fileOf(repo), text);
}

function writeEntries(repo: TestRepo, sessions: readonly unknown[], more: object = {}): void {
  writeManifest(repo, JSON.stringify({ version: 1, project: 'project', ...more, sessions }));
}

function readEntries(repo: TestRepo): Entry[] {
  const json = JSON.parse(readFileSync(fileOf(repo), 'utf8')) as { sessions: Entry[] };
  return json.sessions;
}

/** As v0.15.8 wrote it. */
function original(repo: TestRepo, id: string): Entry {
  return {
    id,
    branch: `session/${id}`,
    worktree: join(sessionsOf(repo), id),
    startedAt: '2026-01-02T03:04:05.000Z',
    goals: [`goal of ${id}`],
    status: 'active',
  };
}

function worktreeOfOld(repo: TestRepo, id: string): string {
  const path = join(sessionsOf(repo), id);
  repo.git('worktree', 'add', '-q', '-b', `session/${id}`, path);
  return path;
}

function seen(reply: Reply): string[] {
  const sessions = reply.at('data.sessions') as { name: string; health: string }[];
  return sessions.map(({ name, health }) => `${name} ${health}`).toSorted();
}

describe('what create publishes', () => {
  test('the schema of v0.15.8, added to; unknown fields survive; an empty one stays', async () => {
    const repo = makeRepo();
    writeManifest(
      repo,
      '{"version":1,"project":"old","custom":{"a":[1]},"sessions":[{"id":7},null]}',
    );
    await must(repo.root, [
      'parallel',
      'create',
      'one',
      '--goal',
      'a',
      '--goal',
      'b',
      '--agent',
      'claude',
    ]);
    const json: unknown = JSON.parse(readFileSync(fileOf(repo), 'utf8'));
    expect(json).toMatchObject({
      version: 1,
      project: 'project',
      repository: repo.commonDir,
      custom: { a: [1] },
      sessions: [
        {
          id: 'one',
          branch: 'session/one',
          worktree: join(sessionsOf(repo), 'one'),
          goals: ['a', 'b'],
          status: 'active',
          agent: 'claude',
        },
        { id: 7 },
        null,
      ],
    });
    // a field of one entry survives too
    writeFileSync(
      fileOf(repo),
      JSON.stringify(json).replace('"id":"one"', '"id":"one","note":"mine"'),
    );
    await must(repo.root, ['parallel', 'create', 'two']);
    expect(readEntries(repo)[0]).toMatchObject({ id: 'one', note: 'mine' });
    await must(repo.root, ['parallel', 'remove', 'one', '--strategy', 'abandon', '--yes']);
    await must(repo.root, ['parallel', 'remove', 'two', '--strategy', 'abandon', '--yes']);
    expect(readEntries(repo)).toEqual([{ id: 7 }, null]);
  });

  test('deleted: nothing is lost, the next change writes it again', async () => {
    const repo = makeRepo();
    await must(repo.root, ['parallel', 'create', 'one']);
    rmSync(fileOf(repo));
    expect(seen(await must(repo.root, ['parallel', 'status']))).toEqual(['one ok']);
    await must(repo.root, ['parallel', 'create', 'two']);
    expect(readEntries(repo).map(({ id }) => id)).toEqual(['one', 'two']);
  });
});

describe('adoption', () => {
  test('entries of v0.15.8 are shown at once and become sessions with the next change', async () => {
    const repo = makeRepo();
    commitIn(worktreeOfOld(repo, 'old'), 'a.txt', 'a\n');
    worktreeOfOld(repo, 'relative');
    commitIn(worktreeOfOld(repo, 'orphan'), 'o.txt', 'o\n');
    rmSync(join(sessionsOf(repo), 'orphan'), { recursive: true });
    const elsewhere = join(temporaryFolder(), 'elsewhere');
    repo.git('worktree', 'add', '-q', '-b', 'session/far', elsewhere);
    repo.git('branch', 'session/bare');
    writeEntries(repo, [
      { ...original(repo, 'old'), extra: { kept: true } },
      { ...original(repo, 'relative'), worktree: '../project-sessions/relative' },
      original(repo, 'orphan'),
      { ...original(repo, 'far'), worktree: elsewhere, status: 'in-review' },
      original(repo, 'bare'),
      original(repo, 'ghost'),
    ]);
    const before = fingerprint(repo.root, sessionsOf(repo), elsewhere);
    const status = await must(repo.root, ['parallel', 'status']);
    expect(seen(status)).toEqual([
      'bare orphaned',
      'far ok',
      'ghost orphaned',
      'old ok',
      'orphan orphaned',
      'relative ok',
    ]);
    expect((await must(repo.root, ['parallel', 'path', 'old'])).at('data.path')).toBe(
      join(sessionsOf(repo), 'old'),
    );
    expect(fingerprint(repo.root, sessionsOf(repo), elsewhere)).toEqual(before);

    const created = await must(repo.root, ['parallel', 'create', 'fresh']);
    expect(created.at('warnings')).toHaveLength(5);
    const after = await must(repo.root, ['parallel', 'status']);
    expect(seen(after)).toEqual([
      'bare orphaned',
      'far ok',
      'fresh ok',
      'ghost orphaned',
      'old ok',
      'orphan orphaned',
      'relative ok',
    ]);
    const old = await must(repo.root, ['parallel', 'status', 'old']);
    expect(old.at('data.sessions.0')).toMatchObject({
      goals: ['goal of old'],
      startedAt: '2026-01-02T03:04:05.000Z',
      base: { name: 'main', ahead: 1, behind: 0 },
    });
    expect(readEntries(repo).find(({ id }) => id === 'old')).toMatchObject({
      recordedBy: 'flight-rules',
      extra: { kept: true },
    });
    // adopted ones are sessions like any other
    await must(repo.root, ['parallel', 'remove', 'old', '--strategy', 'merge']);
    await must(repo.root, ['parallel', 'restore', 'orphan']);
    expect(readFileSync(join(sessionsOf(repo), 'orphan', 'o.txt'), 'utf8')).toBe('o\n');
    // with both gone only the entry is dropped
    await must(repo.root, ['parallel', 'cleanup', 'ghost', '--yes']);
    expect(readEntries(repo).map(({ id }) => id)).not.toContain('ghost');
  });

  test('an entry of our own, or one that a record stands behind, proves nothing', async () => {
    const repo = makeRepo();
    await must(repo.root, ['parallel', 'create', 'one', '--goal', 'true one']);
    commitIn(join(sessionsOf(repo), 'one'), 'a.txt', 'a\n');
    await must(repo.root, ['parallel', 'remove', 'one', '--strategy', 'keep']);
    worktreeOfOld(repo, 'two');
    writeEntries(repo, [
      { ...original(repo, 'one'), goals: ['false one'] },
      { ...original(repo, 'two'), recordedBy: 'flight-rules' },
    ]);
    expect(seen(await must(repo.root, ['parallel', 'status']))).toEqual([]);
    const all = await must(repo.root, ['parallel', 'status', '--all']);
    expect(all.at('data.sessions.0')).toMatchObject({
      name: 'one',
      state: 'kept',
      goals: ['true one'],
    });
    await must(repo.root, ['parallel', 'create', 'three']);
    expect(readEntries(repo).map(({ id }) => id)).toEqual(['three']);
    expect(existsSync(join(sessionsOf(repo), 'two'))).toBe(true);
  });

  test('an entry whose session left right before the file was rewritten speaks of nothing', async () => {
    const repo = makeRepo();
    const { root } = repo;
    const folder = worktreeOfOld(repo, 'old');
    writeFileSync(join(folder, 'notes.txt'), 'mine\n');
    writeEntries(repo, [original(repo, 'old'), original(repo, 'other')]);
    const before = readFileSync(fileOf(repo), 'utf8');
    await must(root, ['parallel', 'remove', 'old', '--strategy', 'abandon', '--yes']);
    // as a kill between the refs and the file leaves it
    writeFileSync(fileOf(repo), before);
    expect(seen(await must(root, ['parallel', 'status']))).toEqual(['other orphaned']);
    await must(root, ['parallel', 'create', 'fresh']);
    expect(readEntries(repo).map(({ id }) => id)).toEqual(['fresh', 'other']);
    await must(root, ['parallel', 'restore', 'old']);
    expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine\n');
    expect(seen(await must(root, ['parallel', 'status', '--json']))).toContain('old ok');
  });

  test('hostile entries stay verbatim, are reported, and nothing they name is touched', async () => {
    const repo = makeRepo();
    const { root } = repo;
    const victim = join(temporaryFolder(), 'victim');
    mkdirSync(victim);
    writeFileSync(join(victim, 'precious.txt'), 'p\n');
    await must(root, ['parallel', 'create', 'mine']);
    const stray = worktreeOfOld(repo, 'stray');
    mkdirSync(join(sessionsOf(repo), 'plain'));
    writeFileSync(join(sessionsOf(repo), 'plain', 'file'), 'f\n');
    symlinkSync(victim, join(sessionsOf(repo), 'link'));
    repo.git('branch', 'session/linked');
    const hostile: unknown[] = [
      original(repo, '../../x'),
      original(repo, ''),
      original(repo, '.trash'),
      original(repo, 'a b'),
      original(repo, '-x'),
      original(repo, 'x'.repeat(200)),
      original(repo, '__proto__'),
      { ...original(repo, 'main'), branch: 'main', worktree: root },
      { ...original(repo, 'home'), worktree: root },
      { ...original(repo, 'theirs'), worktree: join(sessionsOf(repo), 'mine') },
      {
        ...original(repo, 'other'),
        branch: 'session/mine',
        worktree: join(sessionsOf(repo), 'mine'),
      },
      { ...original(repo, 'victim'), worktree: victim },
      { ...original(repo, 'up'), worktree: '../..' },
      { ...original(repo, 'nul'), worktree: `${victim}\0x` },
      { ...original(repo, 'typed'), worktree: 7 },
      { ...original(repo, 'typed2'), branch: ['session/typed2'] },
      { ...original(repo, 'option'), branch: '--upload-pack=touch pwned' },
      original(repo, 'plain'),
      original(repo, 'link'),
      { ...original(repo, 'linked'), worktree: join(sessionsOf(repo), 'link') },
      { ...original(repo, 'sub'), worktree: join(stray, 'sub') },
    ];
    const odd = [null, 1, 'text', [], {}, { id: {} }, { id: null }];
    const twice = [
      original(repo, 'stray'),
      { ...original(repo, 'STRAY'), branch: 'session/stray' },
      original(repo, 'stray'),
    ];
    writeEntries(repo, [...hostile, ...twice, ...odd]);
    const text = readFileSync(fileOf(repo), 'utf8').replace(
      '{"version":1',
      '{"__proto__":{"x":1},"version":1',
    );
    writeFileSync(fileOf(repo), text);
    const before = fingerprint(victim, join(sessionsOf(repo), 'plain'));
    const mine = repo.git('for-each-ref', 'refs/heads');
    const status = await must(root, ['parallel', 'status']);
    expect(seen(status)).toEqual(['mine ok', 'stray ok']);
    const told = (status.at('warnings') as { code: string }[]).map(({ code }) => code);
    expect(told.filter((code) => code === 'unproven-entry')).toHaveLength(hostile.length + 2);
    for (const id of ['plain', 'link', 'victim', 'home', 'main', 'other', 'theirs', 'sub']) {
      for (const args of [
        ['path', id],
        ['remove', id, '--strategy', 'abandon', '--yes'],
        ['cleanup', id, '--yes'],
        ['restore', id],
      ]) {
        const reply = await ask(root, ['parallel', ...args]);
        expect([3, 4]).toContain(reply.exit);
      }
    }
    await must(root, ['parallel', 'cleanup', '--yes']);
    await must(root, ['parallel', 'create', 'fresh']);
    expect(fingerprint(victim, join(sessionsOf(repo), 'plain'))).toEqual(before);
    expect(repo.git('for-each-ref', 'refs/heads').split('\n')).toEqual(
      expect.arrayContaining(mine.split('\n')),
    );
    const left = readEntries(repo);
    for (const entry of [...hostile, ...odd]) expect(left).toContainEqual(entry);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });

  test('huge and deep ones are read, or set aside', async () => {
    const repo = makeRepo();
    writeEntries(
      repo,
      Array.from({ length: 20_000 }, (_, at) => ({ id: `x${at}`, goals: ['y'.repeat(50)] })),
    );
    const huge = await must(repo.root, ['parallel', 'status']);
    expect(huge.at('data.sessions')).toEqual([]);
    writeManifest(repo, `{"version":1,"sessions":${'['.repeat(200_000)}${']'.repeat(200_000)}}`);
    await must(repo.root, ['parallel', 'status']);
    await must(repo.root, ['parallel', 'create', 'one']);
    expect(seen(await must(repo.root, ['parallel', 'status']))).toEqual(['one ok']);
  });
});

describe('a manifest that cannot be used', () => {
  test.each(['', '{', '[]', 'null', '{"version":1,"sessions":{}}', '{"version":0}', '\0\0\0'])(
    '%j is set aside, whole',
    async (text) => {
      const repo = makeRepo();
      writeManifest(repo, text);
      const status = await must(repo.root, ['parallel', 'status']);
      expect(status.at('warnings')).toMatchObject([{ code: 'manifest-corrupt' }]);
      expect(readFileSync(fileOf(repo), 'utf8')).toBe(text);
      await must(repo.root, ['parallel', 'create', 'one']);
      const [aside] = readdirSync(sessionsOf(repo)).filter((name) =>
        name.startsWith('.manifest.json.corrupt-'),
      );
      expect(readFileSync(join(sessionsOf(repo), aside ?? ''), 'utf8')).toBe(text);
      expect(readEntries(repo).map(({ id }) => id)).toEqual(['one']);
    },
  );

  test('of a newer version it is not rewritten: exit 4, status works', async () => {
    const repo = makeRepo();
    await must(repo.root, ['parallel', 'create', 'one']);
    writeManifest(repo, '{"version":2,"sessions":{"new":"shape"}}');
    const before = fingerprint(repo.root, sessionsOf(repo));
    for (const args of [
      ['create', 'two'],
      ['remove', 'one', '--strategy', 'keep'],
      ['adopt', join(sessionsOf(repo), 'one')],
    ]) {
      const reply = await ask(repo.root, ['parallel', ...args]);
      expect(reply.exit).toBe(4);
    }
    expect((await ask(repo.root, ['parallel', 'create', 'two'])).at('error.code')).toBe(
      'manifest-newer',
    );
    const status = await must(repo.root, ['parallel', 'status']);
    expect(seen(status)).toEqual(['one ok']);
    expect(status.at('warnings')).toMatchObject([{ code: 'manifest-newer' }]);
    expect(fingerprint(repo.root, sessionsOf(repo))).toEqual(before);
  });

  test('of another repository: exit 4 while that exists, rewritten once it is gone', async () => {
    const repo = makeRepo();
    const other = makeRepo();
    writeEntries(repo, [], { repository: other.commonDir });
    const refused = await ask(repo.root, ['parallel', 'create', 'one']);
    expect(refused.exit).toBe(4);
    expect(refused.at('error')).toMatchObject({
      code: 'manifest-foreign',
      hints: [{ argv: ['rm', fileOf(repo)] }, {}],
    });
    await must(repo.root, ['parallel', 'status']);
    rmSync(other.root, { recursive: true });
    await must(repo.root, ['parallel', 'create', 'one']);
    expect(JSON.parse(readFileSync(fileOf(repo), 'utf8'))).toMatchObject({
      repository: repo.commonDir,
    });
  });

  test('that is a link, a folder, or may not be read, ends no command with a bug', async () => {
    for (const make of [
      (file: string) => mkdirSync(file),
      (file: string) => symlinkSync('/dev/null', file),
      (file: string) => symlinkSync('nowhere', file),
    ]) {
      const repo = makeRepo();
      mkdirSync(sessionsOf(repo));
      make(fileOf(repo));
      await must(repo.root, ['parallel', 'status']);
      const created = await ask(repo.root, ['parallel', 'create', 'one']);
      expect([0, 1, 4]).toContain(created.exit);
      expect(gitIn(repo.root, 'worktree', 'list').split('\n').length).toBe(
        created.exit === 0 ? 2 : 1,
      );
    }
  });
});
