// Claude Code itself runs the hook before an edit, hears its advice and heeds its refusal. The model
// behind it is a stub on this machine; nobody is logged in.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, makeGround, programOf, run, succeeded, type Ground } from './support/ground.ts';
import { stubModel } from './support/model.ts';

const claude = programOf('claude');

describe.skipIf(claude === null)(`the guard in Claude Code (${claude?.spec ?? 'absent'})`, () => {
  let ground: Ground;
  let auth = '';
  let billing = '';

  beforeAll(async () => {
    ground = makeGround('--agents', 'claude', '--guard');
    const made = async (name: string): Promise<string> => {
      const ended = succeeded(
        await ground.ours('parallel', 'create', name, '--goal', 'Bill people'),
      );
      const [answer] = jsonLines(ended.stdout);
      const { session } = (answer ?? {})['data'] as { session: { worktree: string } };
      return session.worktree;
    };
    auth = await made('auth');
    billing = await made('billing');
  });

  /** Lets Claude Code, in the session auth, write a file; answers what the model was told then. */
  async function write(file: string): Promise<string> {
    const input = { file_path: file, content: 'written\n' };
    const model = await stubModel({ name: 'Write', input });
    const more = [
      '--permission-mode',
      'acceptEdits',
      '--add-dir',
      ground.project,
      '--',
      'write it',
    ];
    const words = ['-p', '--output-format', 'stream-json', '--verbose', '--include-hook-events'];
    const env = { ...ground.env, ...model.env };
    const ended = await run([...(claude?.argv ?? []), ...words, ...more], { cwd: auth, env });
    const responses = jsonLines(ended.stdout).filter(({ subtype }) => subtype === 'hook_response');
    expect(responses).toEqual([
      expect.objectContaining({ hook_event: 'PreToolUse', exit_code: 0, stderr: '' }),
    ]);
    return model.asked.find((body) => body.includes('"tool_result"')) ?? '';
  }

  test('it is silent where there is nothing to say', async () => {
    const file = join(auth, 'new.txt');
    expect(await write(file)).not.toContain('flight-rules, as advice');
    expect(readFileSync(file, 'utf8')).toBe('written\n');
  });

  test('the model hears that another session has changed the file, and it is written', async () => {
    // both have work: only then has status something to find out
    writeFileSync(join(billing, 'both.txt'), 'theirs\n');
    writeFileSync(join(auth, 'own.txt'), 'mine\n');
    succeeded(await ground.ours('parallel', 'status'));
    const file = join(auth, 'both.txt');
    const told = await write(file);
    expect(told).toMatch(/billing has changed both\.txt too \(uncommitted\), as of \d\d:\d\d/u);
    expect(told).toContain('its goal: Bill people');
    expect(existsSync(file)).toBe(true);
  });

  test('a write into the main checkout is refused, and the right path told', async () => {
    mkdirSync(join(ground.project, '.flight-rules'), { recursive: true });
    const config = join(ground.project, '.flight-rules', 'config.json');
    writeFileSync(config, '{ "parallel": { "guard": "block" } } // for all\n');
    const file = join(ground.project, 'new.txt');
    const told = await write(file);
    expect(told).toContain(
      `In your session this file is ${join(auth, 'new.txt')}: write that one.`,
    );
    expect(existsSync(file)).toBe(false);
  });
});
