import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { config } from '../../src/operations/config.ts';
import { projectConfigFile, userConfigFile } from '../../src/sessions/settings-place.ts';
import { operationContext, smallRepository } from '../support/small-repository.ts';

test('each value is shown with its source, the folder of the sessions as it is used', async () => {
  const repository = await smallRepository();
  const outcome = await config.run({}, operationContext(repository));
  expect(outcome).toMatchObject({
    kind: 'done',
    warnings: [],
    data: {
      values: [
        {
          key: 'parallel.sessionsDir',
          value: join(repository.folder, 'my-project-sessions'),
          source: 'default',
        },
        { key: 'parallel.branchPrefix', value: 'session/', source: 'default' },
        { key: 'parallel.base', value: null, source: 'default' },
        { key: 'parallel.keepDays', value: 7, source: 'default' },
        { key: 'parallel.agent', value: null, source: 'default' },
        { key: 'parallel.verify', value: [], source: 'default' },
        { key: 'parallel.guard', value: 'advise', source: 'default' },
      ],
    },
  });
});

test('files are named, and so are keys that nobody knows', async () => {
  const repository = await smallRepository();
  const user = userConfigFile(repository.env);
  const project = projectConfigFile(repository.root);
  for (const file of [user, project]) await mkdir(dirname(file), { recursive: true });
  await writeFile(user, '{"parallel": {"keepDays": 30, "sessionsDir": "../{project}.wt"}}');
  await writeFile(
    project,
    '{"parallel": {"verify": "npm test", "guard": "block", "sessionDir": "typo"}}',
  );
  const outcome = await config.run({}, operationContext(repository));
  if (outcome.kind !== 'done') throw new Error('a decision to look?');
  const bySource = outcome.data.values.filter(({ source }) => source !== 'default');
  expect(bySource).toEqual([
    {
      key: 'parallel.sessionsDir',
      value: join(repository.folder, 'my-project.wt'),
      source: user,
    },
    { key: 'parallel.keepDays', value: 30, source: user },
    { key: 'parallel.verify', value: ['npm test'], source: project },
    { key: 'parallel.guard', value: 'block', source: project },
  ]);
  expect(outcome.warnings.map(({ code }) => code)).toEqual(['unknown-config-key']);
  expect(config.output.safeParse(outcome.data).success).toBe(true);
});

test('sessions inside the git directory are refused, inside the checkout mentioned', async () => {
  const repository = await smallRepository();
  const project = projectConfigFile(repository.root);
  await mkdir(dirname(project), { recursive: true });
  await writeFile(project, '{"parallel": {"sessionsDir": ".git/sessions"}}');
  await expect(config.run({}, operationContext(repository))).rejects.toThrow('bad-config');
  await writeFile(project, '{"parallel": {"sessionsDir": "sessions"}}');
  const outcome = await config.run({}, operationContext(repository));
  expect(outcome.warnings.map(({ code }) => code)).toEqual(['sessions-dir-inside']);
});
