// What is seen while others are at work.
import { chmodSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openGit } from '../../src/git/git.ts';
import { parseBranchName } from '../../src/git/oid.ts';
import { absolute } from '../../src/kernel/path.ts';
import { confirmStrays } from '../../src/sessions/doubt.ts';
import { observe } from '../../src/sessions/observe.ts';
import { openProject } from '../../src/sessions/project.ts';
import { makeRepo, writeIn } from '../support/repo.ts';

const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();

test('a session that leaves between the list of worktrees and that of refs is no stray', async () => {
  const repo = makeRepo();
  const { worktree } = repo.addSession('auth');
  repo.addSession('billing');
  const folder = dirname(repo.root);
  const [removed, began] = [join(folder, 'removed'), join(folder, 'began')];
  // the first list of worktrees is answered as it was before; the first list of refs waits for that
  writeIn(
    folder,
    'bin/git',
    `#!/bin/sh
case " $* " in
*" worktree list "*)
  if mkdir '${began}' 2>/dev/null; then
    '${real}' "$@" > '${folder}/list'
    '${real}' -C '${repo.root}' worktree remove --force '${worktree}'
    '${real}' -C '${repo.root}' branch -qD session/auth
    '${real}' -C '${repo.root}' update-ref -d refs/flight-rules/sessions/auth
    mkdir '${removed}'
    exec cat '${folder}/list'
  fi ;;
*" for-each-ref "*) until [ -d '${removed}' ]; do sleep 0.01; done ;;
esac
exec '${real}' "$@"
`,
  );
  chmodSync(join(folder, 'bin/git'), 0o755);
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
  const project = await openProject(openGit({ env }), repo.root, env);
  const facts = await observe(project, repo.root);
  expect(facts.strays).toEqual([]);
  expect(facts.sessions.map(({ name, health }) => `${name} ${health}`)).toEqual(['billing ok']);
});

test('a worktree on a branch of ours that nobody has recorded is a stray', async () => {
  const repo = makeRepo();
  const path = join(dirname(repo.root), 'elsewhere');
  repo.git('worktree', 'add', '-q', '-b', 'session/mine', path);
  const facts = await observe(await repo.project(), repo.root);
  expect(facts.strays).toMatchObject([{ path, branch: 'session/mine' }]);
});

test('where records never stand still a stray is asked for by itself', async () => {
  const repo = makeRepo();
  const { worktree } = repo.addSession('auth');
  const path = join(dirname(repo.root), 'elsewhere');
  repo.git('worktree', 'add', '-q', '-b', 'session/mine', path);
  const project = await repo.project();
  const facts = await observe(project, repo.root);
  const { adminId } = facts.worktrees.find((one) => one.path === worktree) ?? { adminId: '' };
  // as a list of worktrees that is newer than the refs shows it
  const [real] = facts.strays;
  if (real === undefined) throw new Error('no stray');
  const made = {
    ...real,
    path: absolute(worktree),
    branch: parseBranchName('session/auth'),
    adminId,
  };
  const gone = { ...real, path: absolute(`${worktree}-gone`), adminId: 'gone' };
  const strays = [...facts.strays, made, gone];
  expect(await confirmStrays(project, { ...facts, strays })).toEqual(facts.strays);
  expect(facts.strays).toMatchObject([{ path }]);
});
