import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, inject, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { defaults, loadSettings } from '../../src/sessions/settings.ts';
import { projectConfigFile, userConfigFile } from '../../src/sessions/settings-place.ts';

let root = '';
let env: Record<string, string> = {};

beforeEach(async () => {
  const folder = await mkdtemp(join(inject('runHome'), 'settings-'));
  root = join(folder, 'my-project');
  env = { HOME: join(folder, 'home') };
});

async function write(file: string, content: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(content));
}

const load = () => loadSettings({ root, projectName: 'my-project', env });

async function refusal(): Promise<{ file: string; path: string; problem: string }> {
  const error: unknown = await load().catch((cause: unknown) => cause);
  if (!isFlightError(error, 'bad-config')) throw new Error('not refused', { cause: error });
  return error.data;
}

test('without files there are defaults', async () => {
  expect(await load()).toEqual({ settings: defaults, warnings: [] });
});

test("the project's file wins over the user's, value by value, and each names its source", async () => {
  const user = userConfigFile(env);
  const project = projectConfigFile(root);
  await write(user, { parallel: { keepDays: 30, verify: 'make', extra: 1 } });
  await write(project, { parallel: { keepDays: 3, branchPrefix: 'wip/' } });
  const { settings, warnings } = await load();
  expect(settings).toEqual({
    ...defaults,
    keepDays: { value: 3, source: project },
    branchPrefix: { value: 'wip/', source: project },
    verify: { value: ['make'], source: user },
  });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.message).toContain(`${user}: parallel.extra`);
});

test('an explicitly empty list wins over a filled one', async () => {
  await write(userConfigFile(env), { parallel: { verify: 'make' } });
  await write(projectConfigFile(root), { parallel: { verify: [] } });
  const { settings } = await load();
  expect(settings.verify).toEqual({ value: [], source: projectConfigFile(root) });
});

test('a bare repository has no file of its own', async () => {
  await write(userConfigFile(env), { parallel: { keepDays: 30 } });
  const { settings } = await loadSettings({ root: null, projectName: 'p', env });
  expect(settings.keepDays.value).toBe(30);
});

test('home and project name are filled in', async () => {
  await write(userConfigFile(env), { parallel: { sessionsDir: '~/sessions/{project}' } });
  const { settings } = await load();
  expect(settings.sessionsDir.value).toBe(join(env['HOME'] ?? '', 'sessions', 'my-project'));
});

test('a project name is data, also in a replacement', async () => {
  await write(userConfigFile(env), { parallel: { sessionsDir: '/s/{project}' } });
  const { settings } = await loadSettings({ root, projectName: "$&$'", env });
  expect(settings.sessionsDir.value).toBe("/s/$&$'");
});

test('a sessions directory for all projects must tell them apart', async () => {
  await write(userConfigFile(env), { parallel: { sessionsDir: '~/sessions' } });
  expect(await refusal()).toMatchObject({
    file: userConfigFile(env),
    path: 'parallel.sessionsDir',
    problem: expect.stringContaining('{project}') as unknown,
  });
});

test('that rule holds also where the project overrides it', async () => {
  await write(userConfigFile(env), { parallel: { sessionsDir: '~/sessions' } });
  await write(projectConfigFile(root), { parallel: { sessionsDir: '../s' } });
  expect((await refusal()).file).toBe(userConfigFile(env));
});

test('the project itself need not', async () => {
  await write(projectConfigFile(root), { parallel: { sessionsDir: '../s' } });
  expect((await load()).settings.sessionsDir.value).toBe('../s');
});

test('a file that cannot be read is not taken for one that is not there', async () => {
  await mkdir(projectConfigFile(root), { recursive: true });
  expect(await refusal()).toMatchObject({ file: projectConfigFile(root), path: '' });
});
