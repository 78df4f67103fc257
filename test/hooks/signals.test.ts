// Agents say by hooks that they work, wait, idle, or are gone; status tells it while they live.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { parseSignal } from '../../src/sessions/signal.ts';
import { must, say } from '../support/program.ts';
import { makeRepo } from '../support/repo.ts';
import {
  activityOf,
  fakeAgent,
  programFolder,
  signalFiles,
  signals,
  silent,
  startTimeOf,
} from './agent.ts';

describe('what an agent says', () => {
  test('is told by status: working, waiting, idle; and nothing once it is gone', async () => {
    const repo = makeRepo();
    const auth = repo.addSession('auth');
    repo.addSession('zoo');
    const codex = await fakeAgent('codex');
    const activity = async (): Promise<unknown> => {
      const reply = await must(repo.root, ['parallel', 'status', 'auth']);
      return reply.at('data.sessions.0.activity');
    };
    expect(await codex.hook('working', auth.worktree)).toEqual(silent);
    const [first] = signals(auth.privateDir);
    expect(first).toMatchObject({
      agent: 'codex',
      is: 'working',
      pid: codex.pid,
      startTime: startTimeOf(codex.pid),
      session: 'of-codex',
      cwd: auth.worktree,
    });
    expect(await activity()).toEqual({
      is: 'working',
      since: first?.since,
      source: 'hook',
      agent: 'codex',
      pid: codex.pid,
    });
    await codex.hook('working', join(auth.worktree, 'not', 'there'));
    expect(signals(auth.privateDir)[0]).toMatchObject({ is: 'working', since: first?.since });

    expect(await codex.hook('waiting', auth.worktree)).toEqual(silent);
    const status = await must(repo.root, ['parallel', 'status']);
    expect(status.at('data.sessions.0')).toMatchObject({ name: 'auth', needs: ['waiting'] });
    expect(status.text('data.sessions.0.next.0.command')).toContain('parallel path auth');
    const shown = await say(repo.root, ['parallel', 'status']);
    expect(shown.stdout).toMatch(/^! auth +WAITING/mu);
    expect(shown.stdout).toMatch(/codex, waits for you a moment$|codex, waits for you \d+ s$/mu);
    expect(shown.stdout).toContain('activity unknown');

    expect(await codex.hook('idle', auth.worktree)).toEqual(silent);
    expect(await activity()).toMatchObject({ is: 'idle', agent: 'codex' });
    expect(await codex.hook('gone', auth.worktree)).toEqual(silent);
    expect(signalFiles(auth.privateDir)).toEqual([]);
    expect(await activity()).toBeNull();
  });

  test('means nothing once its process has ended; the next hook takes it away, status does not', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const [one, other] = [await fakeAgent('claude'), await fakeAgent('gemini')];
    await one.hook('working', worktree);
    await one.kill();
    const status = await must(repo.root, ['parallel', 'status', 'auth']);
    expect(status.at('data.sessions.0.activity')).toBeNull();
    expect(signalFiles(privateDir)).toEqual([`claude-${one.pid}.json`]);
    writeFileSync(join(activityOf(privateDir), `.claude-${one.pid}.${one.pid}.tmp`), '{"sch');
    await other.hook('waiting', worktree);
    expect(signalFiles(privateDir)).toEqual([`gemini-${other.pid}.json`]);
    await other.kill();
    // so does the next command that changes something
    await must(repo.root, ['parallel', 'create', 'another']);
    expect(signalFiles(privateDir)).toEqual([]);
  });

  test('is not believed of another process with the same pid, nor of another boot', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const agent = await fakeAgent('claude');
    await agent.hook('working', worktree);
    const file = join(activityOf(privateDir), `claude-${agent.pid}.json`);
    const text = readFileSync(file, 'utf8');
    for (const lie of [{ startTime: '1' }, { bootId: 'another' }]) {
      writeFileSync(file, JSON.stringify({ ...(JSON.parse(text) as object), ...lie }));
      const status = await must(repo.root, ['parallel', 'status', 'auth']);
      expect(status.at('data.sessions.0.activity')).toBeNull();
    }
    writeFileSync(file, text.slice(0, 40));
    const torn = await must(repo.root, ['parallel', 'status', 'auth']);
    expect(torn.at('data.sessions.0')).toMatchObject({ health: 'ok', activity: null });
    // the same process says it anew
    await agent.hook('idle', worktree);
    expect(signals(privateDir)).toMatchObject([{ is: 'idle', pid: agent.pid }]);
  });

  test('one that has moved on works only where it stands, once its turn is over', async () => {
    const repo = makeRepo();
    const [auth, zoo] = [repo.addSession('auth'), repo.addSession('zoo')];
    const claude = await fakeAgent('claude');
    await claude.hook('working', auth.worktree);
    await claude.hook('working', zoo.worktree);
    expect(signals(auth.privateDir)).toHaveLength(1);
    const busy = JSON.stringify({ cwd: zoo.worktree, background_tasks: [{ id: 1 }] });
    await claude.hook('idle', zoo.worktree, { input: busy });
    expect(signals(auth.privateDir)).toHaveLength(1);
    await claude.hook('idle', zoo.worktree);
    expect(signals(auth.privateDir)).toEqual([]);
    expect(signals(zoo.privateDir)).toMatchObject([{ is: 'idle' }]);
    await claude.hook('gone', repo.root);
    expect(signals(zoo.privateDir)).toEqual([]);
  });
});

describe('standard input', () => {
  test('kept open, empty, or no JSON: it ends, and the folder it was started in counts', async () => {
    const repo = makeRepo();
    const { privateDir, worktree, write } = repo.addSession('auth');
    write('src/a.txt', '');
    const agent = await fakeAgent('cursor');
    const open = { open: true };
    expect(await agent.hook('working', worktree, open)).toEqual(silent);
    expect(signals(privateDir)).toMatchObject([{ is: 'working', cwd: worktree }]);
    const cwd = join(worktree, 'src');
    const cases = [
      ['idle', { input: '' }],
      ['waiting', { input: '{"cwd": ' }],
      ['idle', { input: '[1, 2]\n' }],
      ['working', { input: '{"cwd": 7}', open: true }],
      ['idle', { input: '', open: true }],
    ] as const;
    for (const [event, call] of cases) {
      expect(await agent.hook(event, '', { cwd, ...call })).toEqual(silent);
      expect(signals(privateDir)).toMatchObject([{ is: event, cwd }]);
    }
    // closed altogether
    const closed = await agent.run('flight-rules hook cursor waiting <&-', { cwd });
    expect(closed).toEqual(silent);
    expect(signals(privateDir)).toMatchObject([{ is: 'waiting', cwd }]);
  });

  test('of Claude: that nobody has typed for a while is no waiting', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const claude = await fakeAgent('claude');
    for (const [kind, is] of [
      ['permission_prompt', 'waiting'],
      ['idle_prompt', 'idle'],
      ['auth_success', 'idle'],
    ]) {
      const input = JSON.stringify({ cwd: worktree, notification_type: kind });
      await claude.hook('waiting', worktree, { input });
      expect(signals(privateDir)).toMatchObject([{ is }]);
    }
  });

  test('in pieces, with much before what counts', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const agent = await fakeAgent('claude');
    const long = { tool_output: '}'.repeat(300_000), cwd: worktree };
    expect(
      await agent.hook('idle', '', { input: `${JSON.stringify(long)}\n`, open: true }),
    ).toEqual(silent);
    expect(signals(privateDir)).toMatchObject([{ is: 'idle', cwd: worktree }]);
  });
});

describe('whose process it is', () => {
  test('not that of a shell, of npx, or of whatever else only starts others', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const agent = await fakeAgent('claude');
    const npx = join(inject('runHome'), 'npx-cli.js');
    writeFileSync(
      npx,
      `require('node:child_process').spawnSync('sh', ['-c', process.argv[2] + '; true'], { stdio: 'inherit' });`,
    );
    const hook = 'flight-rules hook claude idle';
    const line = `bash -c "env node ${npx} '${hook}'; true"; true`;
    const input = JSON.stringify({ cwd: worktree });
    expect(await agent.run(line, { input })).toEqual(silent);
    expect(signals(privateDir)).toMatchObject([{ is: 'idle', pid: agent.pid }]);
  });
});

describe('many at once, and killed', () => {
  test('fifty hooks of five agents: nobody ever reads half a signal, and none is lost', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const names = ['claude', 'codex', 'gemini', 'copilot', 'opencode'];
    const agents = await Promise.all(names.map((name) => fakeAgent(name)));
    const readAll = (): number => {
      const names = signalFiles(privateDir).filter((name) => name.endsWith('.json'));
      for (const name of names) {
        const text = readFileSync(join(activityOf(privateDir), name), 'utf8');
        if (parseSignal(text) === null) throw new Error(`torn: ${text}`);
      }
      return names.length;
    };
    let reads = 0;
    const reading = setInterval(() => (reads += readAll()), 1);
    const events = ['working', 'waiting', 'idle'];
    const ended = await Promise.all(
      agents.flatMap((agent) =>
        Array.from({ length: 10 }, (_, n) => agent.hook(events[n % 3] ?? '', worktree)),
      ),
    );
    clearInterval(reading);
    expect(ended).toEqual(ended.map(() => silent));
    expect(reads).toBeGreaterThan(0);
    const pids = signals(privateDir).map(({ agent, pid }) => `${agent} ${pid}`);
    expect(pids).toEqual(agents.map(({ pid }, at) => `${names[at]} ${pid}`).toSorted());
  });

  test('killed at any moment, it leaves the old signal or the new one', async () => {
    const repo = makeRepo();
    const { privateDir, worktree } = repo.addSession('auth');
    const agent = await fakeAgent('claude');
    await agent.hook('working', worktree);
    const program = join(programFolder(), 'flight-rules');
    for (let n = 0; n < 8; n += 1) {
      // by this process, which is an agent as well as any other
      const hook = spawn(program, ['hook', 'claude', n % 2 === 0 ? 'idle' : 'waiting']);
      const ended = once(hook, 'exit');
      hook.stdin.on('error', () => undefined);
      hook.stdin.end(JSON.stringify({ cwd: worktree }));
      setTimeout(() => hook.kill('SIGKILL'), 40 + 20 * n);
      await ended;
      for (const name of signalFiles(privateDir).filter((one) => one.endsWith('.json'))) {
        const text = readFileSync(join(activityOf(privateDir), name), 'utf8');
        expect(parseSignal(text)).not.toBeNull();
      }
      await must(repo.root, ['parallel', 'status', 'auth']);
    }
    await agent.hook('idle', worktree);
    expect(signalFiles(privateDir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
