// The hook before an edit as agents run it: quick to answer, silent and well whatever happens.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { touchedFile } from '../../src/integration/clash/touched-file.ts';
import { writeTouched } from '../../src/integration/clash/write-touched.ts';
import { projectConfigFile } from '../../src/sessions/settings-place.ts';
import { cli, releasedProgram, type Ended } from '../support/cli.ts';
import { fingerprint } from '../support/operate.ts';
import { gitIn, temporaryFolder } from '../support/repo.ts';
import { silent } from './agent.ts';
import { entry, ground, type Ground } from './guard-ground.ts';

function start(cwd: string, env: Readonly<Record<string, string>>): ReturnType<typeof spawn> {
  const args = [releasedProgram, 'hook', 'claude', 'pre-edit'];
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.on('error', () => undefined);
  return child;
}

async function ended(child: ReturnType<typeof spawn>): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text) => (stdout += String(text)));
  child.stderr?.on('data', (text) => (stderr += String(text)));
  const [exit] = (await once(child, 'close')) as [number | null];
  return { exit, stdout, stderr };
}

const inputOf = (cwd: string, path: string): string =>
  JSON.stringify({ cwd, tool_name: 'Write', tool_input: { file_path: path } });

async function answer(at: Ground, input: string, cwd: string = at.auth): Promise<Ended> {
  const child = start(cwd, at.env);
  child.stdin?.end(input);
  return ended(child);
}

test('answers as soon as the question is whole, and changes nothing', async () => {
  const here = ground();
  const observedAt = new Date();
  writeTouched(here.env, { commonDir: here.repo.commonDir, observedAt }, [
    entry(here.billing, ['src/a.ts']),
  ]);
  const before = fingerprint(here.repo.root);
  const child = start(here.auth, here.env);
  // the pipe stays open
  child.stdin?.write(`\uFEFF${inputOf(here.auth, 'src/a.ts')}`);
  const said = await ended(child);
  expect(said).toMatchObject({ exit: 0, stderr: '' });
  expect(JSON.parse(said.stdout)).toMatchObject({
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      additionalContext: expect.stringContaining('billing has changed src/a.ts') as unknown,
    },
  });
  here.guard('{"parallel":{"guard":"block"}}');
  const refused = await answer(here, inputOf(here.auth, join(here.repo.root, 'a.ts')));
  expect(JSON.parse(refused.stdout)).toMatchObject({
    hookSpecificOutput: { permissionDecision: 'deny' },
  });
  expect(refused).toMatchObject({ exit: 0, stderr: '' });
  rmSync(dirname(projectConfigFile(here.repo.root)), { recursive: true });
  expect(fingerprint(here.repo.root)).toEqual(before);
});

test('is silent and well whatever it is handed, or is not', async () => {
  const here = ground();
  here.touch(entry(here.billing, ['src/a.ts']));
  const garbage = [
    '',
    'null',
    '[]',
    '{"tool_input":',
    '{"tool_name":"Edit","tool_input":{"file_path":7}}',
    '{"tool_name":"Edit","tool_input":null,"cwd":9}',
    '{"tool_name":"Edit","tool_input":{"file_path":"a\\u0000b"}}',
    inputOf('/not/there', 'x'),
    inputOf('relative', 'src/a.ts'),
    '\0\0\0',
  ];
  for (const input of garbage) expect([input, await answer(here, input)]).toEqual([input, silent]);
  // nothing comes, and the pipe stays open
  expect(await ended(start(here.auth, here.env))).toEqual(silent);
  // outside of repositories; where its folder was removed
  expect(await answer(here, inputOf('/', '/x'), '/')).toEqual(silent);
  const gone = temporaryFolder('gone-');
  const shell = spawn('sh', [
    '-c',
    `cd '${gone}' && rmdir '${gone}' && exec "$@"`,
    'sh',
    process.execPath,
    releasedProgram,
    'hook',
    'claude',
    'pre-edit',
  ]);
  shell.stdin.end('{"tool_name":"Edit","tool_input":{"file_path":"x"}}');
  expect(await ended(shell)).toEqual(silent);
});

test('is silent where what was seen is missing, torn, huge or of another repository', async () => {
  const here = ground();
  const input = inputOf(here.auth, 'src/a.ts');
  const file = touchedFile(here.env, here.repo.commonDir) ?? '';
  const observedAt = new Date();
  const fresh = (): void =>
    writeTouched(here.env, { commonDir: here.repo.commonDir, observedAt }, [
      entry(here.billing, ['src/a.ts']),
    ]);
  expect(await answer(here, input)).toEqual(silent);
  fresh();
  expect((await answer(here, input)).stdout).toContain('billing');
  for (const harm of [
    () => truncateSync(file, 10),
    () => appendFileSync(file, 'x'),
    () => truncateSync(file, 100_000_000),
    () => writeFileSync(file, readFileSync(file, 'utf8').replace(here.repo.commonDir, '/else')),
  ]) {
    fresh();
    harm();
    expect(await answer(here, input)).toEqual(silent);
  }
});

test('hears what conflicts and status have seen, in the main checkout too', async () => {
  const here = ground();
  const { root } = here.repo;
  const heard = async (path: string): Promise<string> =>
    (await answer(here, inputOf(root, path), root)).stdout;
  const look = async (...words: readonly string[]): Promise<void> => {
    const ended = await cli(releasedProgram, ['parallel', ...words, '--json'], {
      cwd: root,
      env: here.env,
    });
    expect(ended.exit).toBe(0);
  };
  writeFileSync(join(here.auth, 'src/a.ts'), 'a\n');
  expect(await heard('src/a.ts')).toBe('');
  await look('conflicts');
  expect(await heard('src/a.ts')).toContain('auth has changed src/a.ts too (uncommitted)');
  gitIn(here.auth, 'add', 'src/a.ts');
  gitIn(here.auth, 'commit', '-q', '-m', 'a');
  writeFileSync(join(here.billing, 'b.ts'), 'b\n');
  await look('status');
  expect(await heard('src/a.ts')).toContain('auth has changed src/a.ts too (committed)');
  expect(await heard('b.ts')).toContain('billing has changed b.ts too (uncommitted)');
});
