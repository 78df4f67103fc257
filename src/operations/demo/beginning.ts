/** The first half of the story: a repository, three sessions, their work, and a deleted folder. */
import { mkdir, rm } from 'node:fs/promises';
import { below, type AbsolutePath } from '../../kernel/path.ts';
import { conflicts } from '../conflicts.ts';
import { create } from '../create.ts';
import type { StatusReport } from '../shapes/status.ts';
import { status } from '../status.ts';
import { answered, at, same } from './check.ts';
import { perform, write, type World } from './world.ts';

/** Its work is merged. */
export const merged = 'search-index';
/** Its folder is deleted, and it is cleaned up. */
export const orphaned = 'billing-export';
/** It is abandoned with work that was never committed, and comes back. */
export const abandoned = 'auth-tokens';

const goals: Readonly<Record<string, string>> = {
  [merged]: 'Index orders by customer',
  [orphaned]: 'Export invoices as CSV',
  [abandoned]: 'Replace session cookies by signed tokens',
};

export const sessionNames: readonly string[] = Object.keys(goals);

export function worktreeOf(world: World, name: string): AbsolutePath {
  return below(world.folder, 'my-project-sessions', name);
}

/** `git init` and three commits. */
export async function makeRepository(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  await mkdir(root);
  await git(root, 'init', '-q', '-b', 'main');
  // what the user's git puts into every new repository is not part of this story
  await rm(below(root, '.git', 'hooks'), { recursive: true, force: true });
  const history = [
    { 'README.md': '# My project\n', '.gitignore': '.env\n*.log\n' },
    { 'orders.txt': 'one order\n' },
    { 'invoices.txt': 'one invoice\n' },
  ];
  for (const files of history) {
    await write(root, files);
    await git(root, 'add', '--all');
    await git(root, 'commit', '-q', '-m', `Add ${Object.keys(files)[0] ?? ''}`);
  }
  await write(root, { '.env': 'PORT=3000\n' });
  const commits = await git(root, 'rev-list', '--count', 'main');
  same('the commits of main', '3', commits);
  return [`${commits} commits on main, and an ignored .env, in ${root}`];
}

/** Three creates at once. */
export async function startSessions(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  const outcomes = await all(
    sessionNames.map((name) => perform(world, create, { name, goals: [goals[name]] })),
  );
  const main = await git(root, 'rev-parse', 'main');
  for (const outcome of outcomes) {
    const { created, session, copied } = answered('create', outcome);
    same(`created of ${session.name}`, true, created);
    same(
      `the folder of ${session.name}`,
      'there',
      await at(below(worktreeOf(world, session.name), 'orders.txt')),
    );
    same(`the tip of ${session.branch}`, main, await git(root, 'rev-parse', session.branch));
    same(`what was copied to ${session.name}`, ['.env'], copied);
  }
  const worktrees = await git(root, 'worktree', 'list', '--porcelain');
  same(
    'the worktrees',
    4,
    worktrees.split('\n').filter((line) => line.startsWith('worktree ')).length,
  );
  return [
    'each has a folder and a branch of its own, made from main at the same time',
    'each has its own copy of the ignored .env',
  ];
}

/** As `Promise.all`, but fails only when all have ended: nobody may write once the folder goes. */
async function all<T>(calls: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(calls);
  return Promise.all(calls);
}

/** Edits and commits in all three, with plain git, as an agent would. */
export async function workInSessions(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  const commit = async (name: string, file: string): Promise<void> => {
    const folder = worktreeOf(world, name);
    await write(folder, { [file]: `${file} of ${name}\n` });
    await git(folder, 'add', file);
    await git(folder, 'commit', '-q', '-m', `Add ${file}`);
  };
  for (const file of ['index.txt', 'query.txt']) await commit(merged, file);
  for (const file of ['export.txt', 'format.txt']) await commit(orphaned, file);
  await commit(abandoned, 'token.txt');
  await write(worktreeOf(world, abandoned), { 'draft.txt': draft, 'debug.log': log });
  const ahead = await Promise.all(
    sessionNames.map((name) => git(root, 'rev-list', '--count', `main..session/${name}`)),
  );
  same('the commits of the sessions', ['2', '2', '1'], ahead);
  same('the state of the main checkout', '', await git(root, 'status', '--porcelain'));
  return [
    '5 commits in three sessions; the main checkout is still clean',
    `${abandoned} also has draft.txt, never committed, and debug.log, ignored`,
  ];
}

/** Files of the abandoned session that git holds nowhere. */
export const draft = 'an idea nobody has committed\n';
export const log = 'output that git ignores\n';

/** Two edit the same line, which nobody has committed; then each takes it back. */
export async function foreseeClash(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  const both = [abandoned, merged] as const;
  for (const name of both) {
    await write(worktreeOf(world, name), { 'orders.txt': `an order as ${name} needs it\n` });
  }
  const before = await git(root, 'count-objects', '-v');
  const { pairs, base } = answered('conflicts', await perform(world, conflicts, {}));
  const found = pairs.filter(({ verdict }) => verdict !== 'clear');
  same(
    'the pairs that are not clear',
    [[[...both].toSorted(), 'clash', ['orders.txt']]],
    found.map(({ a, b, verdict, paths }) => [
      [a, b].toSorted(),
      verdict,
      paths.map(({ path }) => path),
    ]),
  );
  same('clear with main', 3, base.filter(({ verdict }) => verdict === 'clear').length);
  same('the objects of the repository', before, await git(root, 'count-objects', '-v'));
  for (const name of both) await git(worktreeOf(world, name), 'checkout', '-q', '--', 'orders.txt');
  return [
    `${abandoned} and ${merged} clash in orders.txt, which neither has committed; the others are clear`,
    'it was found out beside the repository, which holds what it held; both take their line back',
  ];
}

/** The folder goes without our having been asked, and status says so. */
export async function loseFolder(
  world: World,
): Promise<{ readonly saw: readonly string[]; readonly status: StatusReport }> {
  const folder = worktreeOf(world, orphaned);
  await rm(folder, { recursive: true });
  same(`the folder of ${orphaned}`, 'gone', await at(folder));
  const report = answered('status', await perform(world, status, {}));
  for (const { name, health } of report.sessions) {
    same(`the health of ${name}`, name === orphaned ? 'orphaned' : 'ok', health);
  }
  same('the sessions that status shows', 3, report.sessions.length);
  const lost = report.sessions.find(({ name }) => name === orphaned);
  same('the needs of the orphan', ['orphaned'], lost?.needs);
  same('commits only on its branch', 2, lost?.onlyHere);
  same('needing somebody', 1, report.summary.needYou);
  return { saw: [`${orphaned} is an orphan: 2 commits are only on its branch`], status: report };
}
