// opencode, Copilot and Gemini themselves: what each finds in a project that `init` made ready.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  succeeded,
  makeGround,
  programOf,
  run,
  type Ended,
  type Ground,
} from './support/ground.ts';

const opencode = programOf('opencode');
const copilot = programOf('copilot');
const gemini = programOf('gemini');
const skills = ['parallel-status', 'parallel-cleanup', 'dev-session-start', 'dev-session-end'];
const commands = ['parallel.status', 'parallel.cleanup', 'dev-session.start', 'dev-session.end'];

let ground: Ground;

beforeAll(() => {
  ground = makeGround('--agents', 'opencode,copilot,gemini');
});

function start(argv: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return run(argv, { cwd: ground.project, env: { ...ground.env, ...env } });
}

describe.skipIf(opencode === null)(`opencode (${opencode?.spec ?? 'absent'})`, () => {
  const argv = opencode?.argv ?? [];

  test('it lists the skills', async () => {
    const ended = await start([...argv, 'debug', 'skill']);
    const names = (JSON.parse(ended.stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(skills));
  });

  test('it lists the commands', async () => {
    const ended = await start([...argv, 'debug', 'config']);
    const { command } = JSON.parse(ended.stdout) as { command: Record<string, unknown> };
    expect(Object.keys(command)).toEqual(expect.arrayContaining(commands));
  });

  test('it connects to the server', async () => {
    const ended = await start([...argv, 'mcp', 'list']);
    expect(ended.stdout + ended.stderr).toMatch(/flight-rules[\s\S]*connected/u);
  });
});

describe.skipIf(copilot === null)(`Copilot (${copilot?.spec ?? 'absent'})`, () => {
  const argv = copilot?.argv ?? [];

  test('it lists the skills', async () => {
    const ended = await start([...argv, 'skill', 'list', '--json']);
    const names = (JSON.parse(ended.stdout) as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(skills));
  });

  test('the package is a plugin of its', async () => {
    const ended = await start([...argv, '--plugin-dir', ground.plugin, 'plugin', 'list']);
    expect(succeeded(ended).stdout).toMatch(/External Plugins[^]*flight-rules \(v/u);
  });

  test('it has the server once the folder is trusted', async () => {
    const ended = await start([...argv, 'mcp', 'list'], { COPILOT_ALLOW_ALL: 'true' });
    expect(ended.stdout).toContain('flight-rules');
  });
});

describe.skipIf(gemini === null)(`Gemini (${gemini?.spec ?? 'absent'})`, () => {
  const argv = gemini?.argv ?? [];
  const trust = { GEMINI_CLI_TRUST_WORKSPACE: 'true' };

  test('it lists the skills', async () => {
    const ended = await start([...argv, 'skills', 'list', '--all'], trust);
    for (const name of skills) expect(ended.stdout + ended.stderr).toContain(`${name} [Enabled]`);
  });

  test('it connects to the server', async () => {
    const ended = await start([...argv, 'mcp', 'list'], trust);
    expect(ended.stdout + ended.stderr).toMatch(/flight-rules.*Connected/u);
  });

  test('the package is an extension of its', async () => {
    const ended = await start([...argv, 'extensions', 'validate', ground.plugin], trust);
    expect(succeeded(ended).exit).toBe(0);
  });
});
