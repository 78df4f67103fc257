// Where a hook may be run, and where it writes: in the private git dir of the worktree the agent
// stands in, and nowhere else.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agents } from '../../src/agents/all.ts';
import { guardWord, hookAgents, hookEvent } from '../../src/agents/hook-words.ts';
import { imports } from '../architecture/source.ts';
import { cli, json, releasedProgram } from '../support/cli.ts';
import { fingerprint } from '../support/operate.ts';
import { askProgram, must } from '../support/program.ts';
import { commitIn, gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';
import { fakeAgent, signalFiles, signals, silent } from './agent.ts';

describe('nothing is written', () => {
  test('in a main checkout, outside of repositories, in the trash, in a folder that is gone', async () => {
    const repo = makeRepo();
    const { root } = repo;
    writeIn(root, 'src/a.txt', '');
    await must(root, ['parallel', 'create', 'old']);
    await must(root, ['parallel', 'remove', 'old', '--strategy', 'keep']);
    const trash = join(`${root}-sessions`, '.trash', 'old-1');
    expect(existsSync(trash)).toBe(true);
    const agent = await fakeAgent('claude');
    const gone = temporaryFolder();
    const before = fingerprint(root);
    for (const place of [root, join(root, 'src'), join(root, '.git'), trash, '/', gone]) {
      expect(await agent.hook('working', place)).toEqual(silent);
    }
    expect(await agent.hook('gone', trash)).toEqual(silent);
    expect(await agent.hook('idle', '', { cwd: root, input: '' })).toEqual(silent);
    const line = `mkdir here && cd here && rmdir "$PWD" && flight-rules hook claude working`;
    expect(await agent.run(line, { cwd: gone })).toEqual(silent);
    expect(fingerprint(root)).toEqual(before);
  });

  test('in a repository that never had a session, and in a copy of one', async () => {
    const repo = makeRepo();
    const agent = await fakeAgent('codex');
    const theirs = join(repo.root, '.claude/worktrees/fix');
    gitIn(repo.root, 'worktree', 'add', '-q', '-b', 'worktree-fix', theirs);
    const before = fingerprint(repo.root);
    expect(await agent.hook('working', theirs)).toEqual(silent);
    expect(fingerprint(repo.root)).toEqual(before);

    const { privateDir, worktree } = repo.addSession('auth');
    const copy = join(temporaryFolder(), 'auth');
    cpSync(worktree, copy, { recursive: true });
    expect(await agent.hook('working', copy)).toEqual(silent);
    expect(signalFiles(privateDir)).toEqual([]);
    // moved by hand it is still the same one
    renameSync(worktree, `${worktree}-2`);
    expect(await agent.hook('working', `${worktree}-2`)).toEqual(silent);
    expect(signals(privateDir)).toHaveLength(1);
    rmSync(`${worktree}-2`, { recursive: true });
  });
});

describe('it is written', () => {
  test('from deep inside, from a clone inside, through a link, in a worktree of somebody else', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const agent = await fakeAgent('claude');
    const places = [join(worktree, 'a/b'), join(worktree, 'vendor/tool/src')];
    for (const place of places) mkdirSync(place, { recursive: true });
    gitIn(join(worktree, 'vendor/tool'), 'init', '-q');
    const link = join(temporaryFolder(), 'link');
    const linked = await agent.run(`ln -s "${worktree}/a" "${link}"`);
    expect(linked.exit).toBe(0);
    for (const place of [...places, join(link, 'b')]) {
      expect(await agent.hook('working', place)).toEqual(silent);
      expect(signals(privateDir)).toMatchObject([{ pid: agent.pid, cwd: place }]);
      await agent.hook('gone', place);
      expect(signals(privateDir)).toEqual([]);
    }
    const theirs = join(repo.root, '.claude/worktrees/fix');
    gitIn(repo.root, 'worktree', 'add', '-q', '-b', 'worktree-fix', theirs);
    expect(await agent.hook('working', theirs)).toEqual(silent);
    const status = await must(repo.root, ['parallel', 'status']);
    expect(status.at('data.strays')).toEqual([
      { path: theirs, branch: 'worktree-fix', owner: 'claude', locked: false, live: true },
    ]);
    // and it is not taken from under him
    const adopted = await askProgram(repo.root, ['parallel', 'adopt', theirs]);
    expect(adopted.exit).toBe(4);
    expect(adopted.text('error.message')).toContain(`claude, process ${agent.pid}`);
  });

  test('where paths hold spaces and line breaks', async () => {
    const root = join(temporaryFolder(), 'a project\nof two lines');
    mkdirSync(root);
    gitIn(root, 'init', '-q', '-b', 'main');
    commitIn(root, 'a.txt', 'a\n');
    const made = await must(root, ['parallel', 'create', 'auth']);
    const worktree = made.text('data.session.worktree');
    const agent = await fakeAgent('gemini');
    expect(await agent.hook('waiting', worktree)).toEqual(silent);
    const status = await must(root, ['parallel', 'status', 'auth']);
    expect(status.at('data.sessions.0.activity')).toMatchObject({ is: 'waiting', agent: 'gemini' });
    expect(status.at('data.session.signals')).toMatchObject([{ source: 'hook' }]);
  });
});

describe('worktrees of others', () => {
  test('tell whose they are, and whether he who locked them lives', async () => {
    const repo = makeRepo();
    const { root } = repo;
    const home = temporaryFolder();
    const places = {
      gemini: join(root, '.gemini/worktrees/x'),
      cursor: join(home, '.cursor/worktrees/project/x'),
      codex: join(home, 'codex-home/worktrees/x'),
      nobody: join(home, 'x'),
    };
    for (const [name, path] of Object.entries(places)) {
      gitIn(root, 'worktree', 'add', '-q', '-b', name, path);
    }
    const agent = await fakeAgent('claude');
    const { startTimeOf } = await import('./agent.ts');
    const reason = (start: string, who = 'claude session x'): string =>
      `${who} (pid ${agent.pid} start ${start})`;
    gitIn(root, 'worktree', 'lock', '--reason', reason(startTimeOf(agent.pid)), places.nobody);
    gitIn(root, 'worktree', 'lock', '--reason', reason('1', 'mine'), places.gemini);
    const status = await must(root, ['parallel', 'status'], {
      CODEX_HOME: join(home, 'codex-home'),
    });
    const strays = status.at('data.strays') as { branch: string }[];
    expect(Object.fromEntries(strays.map((stray) => [stray.branch, stray]))).toMatchObject({
      gemini: { owner: 'gemini', locked: true, live: false },
      cursor: { owner: 'cursor', locked: false, live: null },
      codex: { owner: 'codex', locked: false, live: null },
      nobody: { owner: 'claude', locked: true, live: true },
    });
    const before = fingerprint(root);
    expect((await askProgram(root, ['parallel', 'adopt', places.nobody])).exit).toBe(4);
    await must(root, ['parallel', 'cleanup', '--landed', '--yes']);
    expect(fingerprint(root)).toEqual(before);
    for (const path of Object.values(places)) expect(existsSync(path)).toBe(true);
  });
});

describe('what init writes', () => {
  test('is understood, every line of every agent', () => {
    expect(agents.map(({ id }) => id)).toEqual(hookAgents);
    const provider = ['worktree-create', 'worktree-remove'];
    for (const { id, hooks, guard } of agents) {
      expect(new Set(guard.events.map(([, event]) => event))).toEqual(new Set([guardWord]));
      for (const [, event] of hooks.events) {
        const known = hookEvent(event) !== null || (id === 'claude' && provider.includes(event));
        expect([id, event, known]).toEqual([id, event, true]);
      }
    }
  });
});

describe('typed by people', () => {
  test('what is not understood is a usage error, also as JSON; help and the overview name it', async () => {
    for (const args of [
      [],
      ['claude'],
      ['nobody', 'idle'],
      ['claude', 'asleep'],
      ['codex', 'worktree-create'],
      ['claude', 'idle', 'x'],
    ]) {
      const ended = await cli(releasedProgram, ['hook', ...args, '--json']);
      expect(ended.exit).toBe(2);
      expect(json(ended)).toMatchObject({
        error: {
          code: 'usage',
          hints: [{ argv: expect.arrayContaining(['hook', '--help']) as unknown }],
        },
      });
    }
    const help = await cli(releasedProgram, ['hook', '--help']);
    expect(help).toMatchObject({ exit: 0, stderr: '' });
    expect(help.stdout).toContain('Usage: flight-rules hook');
    expect(help.stdout).toContain('hook claude worktree-create');
    const overview = await cli(releasedProgram, ['--help']);
    expect(overview.stdout).toMatch(/^ {2}hook /mu);
  });

  test.each([
    ['observes', 'src/faces/hook/quick.ts', 'src/agents/record-signal.ts'],
    ['guards', 'src/faces/hook/before-edit.ts', 'src/agents/before-edit.ts'],
  ])('the quick way that %s loads next to nothing', (_what, quick, used) => {
    const meta = JSON.parse(
      readFileSync(new URL('../../dist-test/release-meta.json', import.meta.url), 'utf8'),
    ) as {
      outputs: Record<
        string,
        {
          bytes: number;
          entryPoint?: string;
          inputs: object;
          imports: { path: string; kind: string }[];
        }
      >;
    };
    const entry = Object.keys(meta.outputs).find(
      (path) => meta.outputs[path]?.entryPoint === quick,
    );
    const loaded = new Set([entry ?? '']);
    // a set yields what is added to it on the way
    for (const path of loaded) {
      for (const { path: next, kind } of meta.outputs[path]?.imports ?? []) {
        if (kind === 'import-statement' && next in meta.outputs) loaded.add(next);
      }
    }
    const outputs = [...loaded].map((path) => meta.outputs[path]);
    const sources = outputs.flatMap((output) => Object.keys(output?.inputs ?? {}));
    expect(sources).toContain(used);
    expect(
      sources.filter((path) =>
        /node_modules|kernel\/(?:processes|errors|catalogue)|\/git\//u.test(path),
      ),
    ).toEqual([]);
    expect(outputs.reduce((sum, output) => sum + (output?.bytes ?? 0), 0)).toBeLessThan(30_000);
  });

  test('nothing else is loaded before them', () => {
    const main = readFileSync(new URL('../../src/main.ts', import.meta.url), 'utf8');
    expect(imports(main).map(({ from }) => from)).toEqual([
      './faces/hook/before-edit.ts',
      './faces/hook/quick.ts',
      './faces/cli/main.ts',
    ]);
  });
});
