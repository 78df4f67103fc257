// git killed while it registers a worktree or writes its files: after the first file, the second,
// and so on to the last, alone or we with it.
import { join } from 'node:path';
import { said } from './invariants.ts';
import type { WritingCall, WritingPlan } from './kill-writing.ts';
import { aftermath, command, type Ready } from './sweep.ts';
import type { World } from './world.ts';
import { wrapGit, wrappedCalls } from './wrap.ts';

export interface WritingDeath {
  /** the how-manieth call that writes files */
  readonly nth: number;
  /** after so many of them */
  readonly at: number;
}

const calls = ['worktree add', 'reset', 'checkout', 'checkout-index', 'read-tree', 'update-index'];

function wrap(world: World, plan: Partial<WritingPlan>): Promise<string> {
  const folders = [join(world.commonDir, 'worktrees'), world.sessionsDir];
  const whole = { folders, nth: 0, at: 0, us: false, ...plan };
  return wrapGit(world, { calls, program: 'kill-writing.ts', plan: whole });
}

/** A filter for every file: git writes them one by one then, and not all in the same moment. */
export function slowly(world: World): void {
  world.git(['config', 'filter.slow.smudge', 'sleep 0.01; cat']);
  world.write('project/.git/info/attributes', '* filter=slow\n');
}

/** Every moment between two files at which git can be killed for this command. */
export async function writingDeaths(world: World, ready: Ready): Promise<WritingDeath[]> {
  world.putBack('start');
  const bin = await wrap(world, {});
  const ended = await command(world, ready.scenario, {}, [bin]);
  if (ended.end !== 0) throw new Error(said(ended));
  return wrappedCalls<WritingCall>(bin).flatMap(({ made }, index) =>
    Array.from({ length: made }, (_, at) => ({ nth: index + 1, at: at + 1 })),
  );
}

/** @returns what is wrong afterwards; a git that was done before it was killed is fine, too */
export async function killGitWriting(
  world: World,
  ready: Ready,
  death: WritingDeath & { readonly us: boolean },
): Promise<string[]> {
  world.putBack('start');
  const { nth, at, us } = death;
  const bin = await wrap(world, death);
  const ended = await command(world, ready.scenario, {}, [bin]);
  const found: string[] = [];
  const ends = us ? ['SIGKILL', 0] : [0, 1];
  if (!ends.includes(ended.end)) found.push(`it ended with ${said(ended)}`);
  found.push(...(await aftermath(world, ready, at % 2 === 0 ? 'again' : 'as it was')));
  const label = `git call ${nth}, ${at} files written, ${us ? 'and we' : 'alone'}`;
  return found.map((problem) => `${label}: ${problem}`);
}
