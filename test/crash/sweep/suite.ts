// Makes tests of scenarios: one world for a file, one test for a scenario.
import { beforeAll, expect, test } from 'vitest';
import { tidy } from './invariants.ts';
import type { Scenario } from './scenario.ts';
import { killAt, learn, type Ready } from './sweep.ts';
import { furnish, makeWorld, type World } from './world.ts';

export type Choose = (ready: Ready, seen: Set<string>) => readonly string[];

const minutes = 60_000;

/** The world of this file, furnished. */
export function worldOfFile(): { readonly world: World } {
  const world = makeWorld();
  beforeAll(() => furnish(world), minutes);
  return { world };
}

/** Kills each of `scenarios` at the points that are chosen. */
export function sweeps(world: World, scenarios: readonly Scenario[], choose: Choose): void {
  const seen = new Set<string>();
  for (const scenario of scenarios) {
    test(
      `${scenario.name}, killed on its way`,
      async () => {
        const ready = await learn(world, scenario);
        const points = choose(ready, seen);
        // what nothing cut off leaves nothing behind either
        const found = tidy(world, scenario, ready.before, ready.whole);
        for (const point of points) found.push(...(await killAt(world, ready, point)));
        expect(found).toEqual([]);
      },
      10 * minutes,
    );
  }
}

/** The scenario of that name. */
export function named(scenarios: readonly Scenario[], name: string): Scenario {
  const found = scenarios.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no scenario ${name}`);
  return found;
}
