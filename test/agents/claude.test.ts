// Claude Code itself, without a login: what it finds in a project that `init` made ready, and that
// its worktrees are sessions of ours. Its first line in stream mode tells all it knows.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  jsonLines,
  lineOf,
  makeGround,
  programOf,
  run,
  succeeded,
  type Ground,
} from './support/ground.ts';

const claude = programOf('claude');
const commands = ['parallel.status', 'parallel.cleanup', 'dev-session.start', 'dev-session.end'];

/** It tells what it has and does, line by line, and ends: nobody is logged in. */
const streaming = ['-p', '--output-format', 'stream-json', '--verbose'];

describe.skipIf(claude === null)(`Claude Code (${claude?.spec ?? 'absent'})`, () => {
  const argv = claude?.argv ?? [];
  let ground: Ground;

  beforeAll(() => {
    ground = makeGround('--agents', 'claude', '--hooks');
  });

  /** The line in which it says what it has. */
  async function start(...more: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const ended = await run([...argv, ...streaming, ...more, 'x'], {
      cwd: ground.project,
      env: ground.env,
    });
    return lineOf(ended, ({ subtype }) => subtype === 'init');
  }

  test('it lists the four commands under their dotted names', async () => {
    const { slash_commands } = await start();
    expect(slash_commands).toEqual(expect.arrayContaining(commands));
  });

  test('it connects to the server', async () => {
    const { mcp_servers } = await start();
    expect(mcp_servers).toContainEqual(
      expect.objectContaining({ name: 'flight-rules', status: 'connected' }),
    );
  });

  test('its worktree is a session of ours', async () => {
    const { cwd } = await start('--worktree', 'from-claude');
    const path = await ground.ours('parallel', 'path', 'from-claude');
    expect(jsonLines(path.stdout)[0]).toMatchObject({ ok: true, data: { path: cwd } });
    expect(existsSync(join(String(cwd), '.git'))).toBe(true);
    expect(existsSync(join(ground.project, '.claude', 'worktrees'))).toBe(false);
  });

  test('a refusal of ours reaches the user', async () => {
    // a branch that no session owns stands in the way
    const made = await run(['git', 'branch', 'session/taken'], {
      cwd: ground.project,
      env: ground.env,
    });
    expect(made.exit).toBe(0);
    const ended = await run([...argv, ...streaming, '--worktree', 'taken', 'x'], {
      cwd: ground.project,
      env: ground.env,
    });
    expect(ended.exit).not.toBe(0);
    expect(ended.stdout + ended.stderr).toContain('session/taken');
    expect(existsSync(join(ground.project, '.claude', 'worktrees'))).toBe(false);
  });

  test('its hooks run without a word, and status knows that it works there', async () => {
    // one more hook, of the project: it looks at status when ours has told that work began
    const seen = join(ground.home, 'seen.json');
    const settings = join(ground.project, '.claude', 'settings.json');
    const text = readFileSync(settings, 'utf8');
    const looking = `flight-rules parallel status watched --json > "${seen}"`;
    const hook = { hooks: [{ type: 'command', command: looking }] };
    const all = JSON.parse(text) as { hooks: Record<string, unknown[]> };
    all.hooks['UserPromptSubmit']?.push(hook);
    writeFileSync(settings, JSON.stringify(all));
    const options = { cwd: ground.project, env: ground.env };
    succeeded(await run(['git', 'commit', '--quiet', '--all', '--message', 'look'], options));
    const ended = await run(
      [...argv, ...streaming, '--include-hook-events', '--worktree', 'watched', 'x'],
      options,
    );
    const responses = jsonLines(ended.stdout).filter(({ subtype }) => subtype === 'hook_response');
    expect(responses.map(({ hook_event }) => hook_event)).toEqual(
      expect.arrayContaining(['SessionStart', 'UserPromptSubmit']),
    );
    for (const response of responses) {
      expect(response).toMatchObject({ exit_code: 0, stdout: '', stderr: '' });
    }
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toMatchObject({
      ok: true,
      data: {
        sessions: [
          { name: 'watched', activity: { is: 'working', source: 'hook', agent: 'claude' } },
        ],
      },
    });
  });

  test('the plugin is valid, also strictly', async () => {
    const words = [...argv, 'plugin', 'validate', '--strict', '--json', ground.plugin];
    const ended = await run(words, { cwd: ground.project, env: ground.env });
    expect(JSON.parse(succeeded(ended).stdout)).toMatchObject({ success: true });
  });

  test('a plugin folder given at the start is loaded', async () => {
    const empty = join(ground.home, 'elsewhere');
    mkdirSync(empty);
    writeFileSync(join(empty, 'file'), '');
    const ended = await run([...argv, ...streaming, '--plugin-dir', ground.plugin, 'x'], {
      cwd: empty,
      env: ground.env,
    });
    const line = lineOf(ended, ({ subtype }) => subtype === 'init');
    expect(line['skills']).toEqual(
      expect.arrayContaining(['flight-rules:parallel-status', 'flight-rules:dev-session-start']),
    );
  });
});
