// Codex itself, through its app server: the skills it finds, also in a folder nobody trusts.
import { mkdirSync, writeFileSync } from 'node:fs';
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

const codex = programOf('codex');
const skills = ['parallel-status', 'parallel-cleanup', 'dev-session-start', 'dev-session-end'];

describe.skipIf(codex === null)(`Codex (${codex?.spec ?? 'absent'})`, () => {
  const argv = codex?.argv ?? [];
  let ground: Ground;

  beforeAll(() => {
    ground = makeGround('--agents', 'codex', '--hooks', '--guard');
  });

  /** What the app server answers to one question. */
  async function ask(method: string, params: unknown): Promise<unknown> {
    const messages = [
      {
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { clientInfo: { name: 'test', title: 'test', version: '1' } },
      },
      { jsonrpc: '2.0', method: 'initialized' },
      { jsonrpc: '2.0', id: 2, method, params },
    ];
    const ended = await run([...argv, 'app-server'], {
      cwd: ground.project,
      env: ground.env,
      input: `${messages.map((one) => JSON.stringify(one)).join('\n')}\n`,
      until: (stdout) => jsonLines(stdout).some(({ id }) => id === 2),
    });
    return lineOf(ended, ({ id }) => id === 2)['result'];
  }

  test('it lists the four skills', async () => {
    const result = JSON.stringify(await ask('skills/list', { cwds: [ground.project] }));
    for (const name of skills) {
      const path = join(ground.project, '.agents', 'skills', name, 'SKILL.md');
      expect(result).toContain(JSON.stringify(path));
    }
  });

  test('it has the server once the folder is trusted', async () => {
    const home = join(ground.home, '.codex');
    mkdirSync(home, { recursive: true });
    writeFileSync(
      join(home, 'config.toml'),
      `[projects."${ground.project}"]\ntrust_level = "trusted"\n`,
    );
    const ended = await run([...argv, 'mcp', 'list', '--json'], {
      cwd: ground.project,
      env: ground.env,
    });
    expect(JSON.parse(ended.stdout)).toContainEqual(
      expect.objectContaining({ name: 'flight-rules' }),
    );
  });

  test('it lists the hooks', async () => {
    const result = JSON.stringify(await ask('hooks/list', { cwds: [ground.project] }));
    for (const event of ['working', 'waiting', 'idle', 'gone', 'pre-edit']) {
      expect(result).toContain(`hook codex ${event}`);
    }
  });

  test('it installs the plugin from its marketplace', async () => {
    const options = {
      cwd: ground.project,
      env: { ...ground.env, CODEX_HOME: join(ground.home, 'plugged') },
    };
    mkdirSync(options.env.CODEX_HOME);
    const market = await run([...argv, 'plugin', 'marketplace', 'add', ground.plugin], options);
    expect(succeeded(market).exit).toBe(0);
    const added = await run([...argv, 'plugin', 'add', 'flight-rules@flight-rules'], options);
    expect(succeeded(added).exit).toBe(0);
  });
});
