// SIGKILL at a moment that nobody chose. Seeded, so that a failure can be had again (as far as
// the machine lets it: the moment is counted in milliseconds).
import { setTimeout as sleep } from 'node:timers/promises';
import { aftermath, type Ready } from './sweep.ts';
import type { World } from './world.ts';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How long the command takes here when nobody kills it. */
export async function duration(world: World, { scenario }: Ready): Promise<number> {
  world.putBack('start');
  const begun = performance.now();
  const options = scenario.options?.(world) ?? {};
  await world.run([...scenario.command, '--json'], options);
  return performance.now() - begun;
}

/**
 * Kills the command `after` milliseconds, `group`: together with everything it has started.
 * @returns what is wrong afterwards
 */
export async function killAfter(
  world: World,
  ready: Ready,
  after: number,
  then: 'again' | 'as it was',
): Promise<string[]> {
  world.putBack('start');
  const { scenario } = ready;
  const options = scenario.options?.(world) ?? {};
  const running = world.start([...scenario.command, '--json'], options);
  await Promise.race([sleep(after), running.ended]);
  try {
    process.kill(running.pid, 'SIGKILL');
  } catch {
    // it was quicker
  }
  await running.ended;
  const problems = await aftermath(world, ready, then);
  return problems.map((problem) => `${scenario.name} after ${after.toFixed(0)} ms: ${problem}`);
}
