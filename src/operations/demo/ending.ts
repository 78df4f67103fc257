/** The second half: work comes home, an orphan is cleaned up, and what was thrown away comes back. */
import { readFile } from 'node:fs/promises';
import { describe, isFlightError } from '../../kernel/errors.ts';
import { below } from '../../kernel/path.ts';
import { cleanup } from '../cleanup.ts';
import { remove } from '../remove.ts';
import { restore } from '../restore.ts';
import { abandoned, draft, log, merged, orphaned, worktreeOf } from './beginning.ts';
import { answered, at, same, wrong } from './check.ts';
import { perform, type World } from './world.ts';

/** `remove --strategy merge` of a finished session. */
export async function mergeSession(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  const tip = await git(root, 'rev-parse', `session/${merged}`);
  const input = { name: merged, strategy: 'merge' };
  const report = answered('remove', await perform(world, remove, input));
  same('the branch it went into', 'main', report.integrated?.into);
  same('the tip of main', tip, await git(root, 'rev-parse', 'main'));
  same('index.txt in the main checkout', 'there', await at(below(root, 'index.txt')));
  same('the state of the main checkout', '', await git(root, 'status', '--porcelain'));
  same('the folder of the session', 'gone', await at(worktreeOf(world, merged)));
  same('its branch', '', await branch(world, merged));
  return [
    `main is at ${tip.slice(0, 7)}: 2 commits further, its checkout has the new files`,
    'folder and branch of the session are gone; nothing was pushed',
  ];
}

/** `cleanup`: first only the question, then the word. */
export async function cleanUp(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  const tip = await git(root, 'rev-parse', `session/${orphaned}`);
  const asked = await perform(world, cleanup, {});
  if (asked.kind === 'done') throw wrong('cleanup to ask first', 'it was done');
  same('the tip of the orphan', tip, await git(root, 'rev-parse', `session/${orphaned}`));
  const report = answered(
    'cleanup',
    await perform(world, cleanup, { names: [orphaned], yes: true }),
  );
  same(
    'cleaned up',
    [[orphaned, true]],
    report.items.map(({ name, done }) => [name, done]),
  );
  same('its branch', '', await branch(world, orphaned));
  const pins = await git(root, 'for-each-ref', '--format=%(refname)', '--contains', tip);
  same('what holds its commits', `refs/flight-rules/trash/${orphaned}/1`, pins);
  return [
    'without a yes it only asked, and nothing was changed',
    `record and branch are gone; both commits are held as ${orphaned}~1`,
  ];
}

/** A refusal first, since it has uncommitted work; then `abandon`, which was asked for. */
export async function abandonSession(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  const folder = worktreeOf(world, abandoned);
  const before = await git(root, 'for-each-ref');
  const refusal = await refused(perform(world, remove, { name: abandoned, strategy: 'merge' }));
  same('the refusal of the merge', 'uncommitted-work, exit 4', refusal);
  same('the refs after the refusal', before, await git(root, 'for-each-ref'));
  same('draft.txt after the refusal', draft, await readFile(below(folder, 'draft.txt'), 'utf8'));
  const input = { name: abandoned, strategy: 'abandon', yes: true };
  const report = answered('remove', await perform(world, remove, input));
  same('its id in the trash', `${abandoned}~1`, report.trash?.id);
  same('the folder of the session', 'gone', await at(folder));
  same('its branch', '', await branch(world, abandoned));
  return [
    'a merge was refused, because draft.txt was never committed',
    `abandoned: folder and branch went to the trash as ${abandoned}~1`,
  ];
}

/** All of it comes back, after git's own emptying of everything that nothing holds. */
export async function bringBack(world: World): Promise<readonly string[]> {
  const { root, git } = world;
  const folder = worktreeOf(world, abandoned);
  await git(root, 'reflog', 'expire', '--expire=now', '--all');
  await git(root, 'gc', '-q', '--prune=now');
  answered('restore', await perform(world, restore, { names: [abandoned] }));
  const commits = await git(root, 'rev-list', '--count', `main..session/${abandoned}`);
  same('the commits of the session', '1', commits);
  same(
    'token.txt',
    `token.txt of ${abandoned}\n`,
    await readFile(below(folder, 'token.txt'), 'utf8'),
  );
  same('draft.txt', draft, await readFile(below(folder, 'draft.txt'), 'utf8'));
  same('debug.log', log, await readFile(below(folder, 'debug.log'), 'utf8'));
  same('its uncommitted files', '?? draft.txt', await git(folder, 'status', '--porcelain'));
  same('what git fsck says', '', await git(root, 'fsck', '--no-progress', '--no-dangling'));
  return [
    'even git gc --prune=now could not take it away',
    'back: branch, commit, the uncommitted draft.txt and the ignored debug.log, byte for byte',
  ];
}

/** The branch of a session, '' if there is none. */
function branch(world: World, name: string): Promise<string> {
  return world.git(world.root, 'for-each-ref', '--format=%(refname)', `refs/heads/session/${name}`);
}

/** How an operation refused. */
async function refused(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (!isFlightError(error)) throw error;
    return `${error.code}, exit ${describe(error).exit}`;
  }
}
