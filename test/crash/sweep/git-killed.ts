// git killed inside a call that moves refs: with every ref locked, with some of them moved, with
// all done and nobody told; and inside a checkout. Alone, or we with it.
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { said } from './invariants.ts';
import { aftermath, command, type Ready } from './sweep.ts';
import type { World } from './world.ts';
import { wrapGit, wrappedCalls } from './wrap.ts';

export interface Death {
  /** the how-manieth call that moves refs */
  readonly nth: number;
  /** changes made before it was killed, or `end`: all of them */
  readonly at: number | 'end';
  readonly us: boolean;
}

function wrap(world: World, death: Partial<Death>): Promise<string> {
  const plan = { commonDir: world.commonDir, nth: 0, at: 0, us: false, ...death };
  return wrapGit(world, { calls: ['update-ref'], program: 'kill-git.ts', plan });
}

/** Every way in which git can be killed while it moves refs for this command. */
export async function deaths(world: World, ready: Ready): Promise<Omit<Death, 'us'>[]> {
  world.putBack('start');
  const bin = await wrap(world, {});
  const ended = await command(world, ready.scenario, {}, [bin]);
  if (ended.end !== 0) throw new Error(said(ended));
  return wrappedCalls<{ readonly stdin: string }>(bin).flatMap(({ stdin }, index) => {
    const changes = stdin.match(/(?:^|\0)(?:create|update|delete) /gu)?.length ?? 0;
    const partly = Array.from({ length: changes }, (_, at) => at);
    return [...partly, 'end' as const].map((at) => ({ nth: index + 1, at }));
  });
}

/** @returns what is wrong afterwards */
export async function killGitAt(world: World, ready: Ready, death: Death): Promise<string[]> {
  world.putBack('start');
  const label = `git call ${death.nth}, ${death.at} changes made, ${death.us ? 'and we' : 'alone'}`;
  const bin = await wrap(world, death);
  const ended = await command(world, ready.scenario, {}, [bin]);
  const found: string[] = [];
  if (death.us !== (ended.end === 'SIGKILL')) found.push(`it ended with ${said(ended)}`);
  if (!death.us && ended.end !== 0 && ended.end !== 1) found.push(`exit: ${said(ended)}`);
  found.push(...(await aftermath(world, ready, death.nth % 2 === 0 ? 'again' : 'as it was')));
  return found.map((problem) => `${label}: ${problem}`);
}

/**
 * A smudge filter that kills the git that runs it, and us with it if `us`.
 * @param leaves a lock file, relative to the common dir, that this git makes a little later
 */
export function deadlyFilter(world: World, pattern: string, leaves?: string): void {
  const mark = join(world.folder, '..', 'deadly');
  const lock = leaves === undefined ? '' : `: > '${join(world.commonDir, leaves)}'\n`;
  world.write(
    'filter.sh',
    `#!/bin/sh\nif [ -e '${mark}' ]; then git=$PPID; us=$(ps -o ppid= -p $git | tr -d ' ');\n${lock}[ "$(cat '${mark}')" = us ] && kill -9 $us; kill -9 $git; fi\nexec cat\n`,
  );
  chmodSync(join(world.folder, 'filter.sh'), 0o755);
  // of files without a filter nothing is written before all others are
  world.git(['config', 'filter.plain.smudge', 'cat']);
  world.git(['config', 'filter.deadly.smudge', join(world.folder, 'filter.sh')]);
  world.write('project/.git/info/attributes', `* filter=plain\n${pattern} filter=deadly\n`);
}

/** @returns what is wrong after git was killed inside a checkout of this command */
export async function killInCheckout(
  world: World,
  ready: Ready,
  who: 'git' | 'us',
): Promise<string[]> {
  world.putBack('start');
  const mark = join(world.folder, '..', 'deadly');
  world.write('../deadly', who);
  const ended = await command(world, ready.scenario);
  rmSync(mark, { force: true });
  const found: string[] = [];
  const wanted = who === 'us' ? 'SIGKILL' : 1;
  if (ended.end !== wanted) found.push(`it ended with ${said(ended)}`);
  found.push(...(await aftermath(world, ready, 'again')));
  return found.map((problem) => `${who} in the checkout: ${problem}`);
}
