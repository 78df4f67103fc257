// What a `git worktree add` leaves that is killed between making a file and writing it: a moment
// too short to be hit, made by hand. An empty `commondir` keeps git from listing any worktree.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { said } from './invariants.ts';
import { aftermath, command, type Ready } from './sweep.ts';
import type { World } from './world.ts';

/** In the order in which git writes them. */
export const writtenByAdd = ['locked', 'gitdir', '.git', 'HEAD', 'commondir'] as const;

/** @returns what is wrong after a create whose git was killed with `last` empty and nothing after it */
export async function cutOffAt(
  world: World,
  ready: Ready,
  last: (typeof writtenByAdd)[number],
): Promise<string[]> {
  world.putBack('start');
  const point = 'create.register:after';
  const ended = await command(world, ready.scenario, { FLIGHT_RULES_FAULT: point });
  if (ended.end !== 'SIGKILL') return [`not killed: ${said(ended)}`];
  const worktree = world.worktree(ready.scenario.session);
  const admin = join(world.commonDir, 'worktrees', ready.scenario.session);
  const fileOf = (name: string): string => join(name === '.git' ? worktree : admin, name);
  writeFileSync(fileOf(last), '');
  if (last !== 'locked' && last !== 'gitdir') writeFileSync(join(admin, 'locked'), 'initializing');
  const after = writtenByAdd.slice(writtenByAdd.indexOf(last) + 1);
  for (const name of [...after, 'logs', 'refs', 'ORIG_HEAD']) {
    rmSync(fileOf(name), { recursive: true, force: true });
  }
  // the folder comes after the first file
  if (last === 'locked') rmSync(worktree, { recursive: true });
  const problems = await aftermath(world, ready, 'again');
  return problems.map((problem) => `${last} empty: ${problem}`);
}
