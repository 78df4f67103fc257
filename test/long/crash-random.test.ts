// Killed at moments that nobody chose; FLIGHT_RULES_RANDOM_SECONDS=600 goes on for longer.
import { expect, test } from 'vitest';
import { duration, killAfter, numbers } from '../crash/sweep/random.ts';
import { clean, create, land, leave, restore, takeOver } from '../crash/sweep/scenarios.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';
import { learn } from '../crash/sweep/sweep.ts';

const { world } = worldOfFile();
const seed = 20_261_122;
const untilMs = Number(process.env['FLIGHT_RULES_RANDOM_SECONDS'] ?? 90) * 1_000;

test(
  'killed at any moment',
  async () => {
    const begun = performance.now();
    const next = numbers(seed);
    const all = [create, leave, land, restore, clean, takeOver].flat();
    const found: string[] = [];
    while (performance.now() - begun < untilMs) {
      const scenario = all[Math.floor(next() * all.length)];
      if (scenario === undefined) continue;
      const ready = await learn(world, scenario);
      const whole = await duration(world, ready);
      for (const then of ['again', 'as it was'] as const) {
        // node takes its time before our first line: moments there show nothing
        found.push(...(await killAfter(world, ready, (0.2 + 0.8 * next()) * whole, then)));
      }
    }
    expect(found).toEqual([]);
  },
  untilMs + 300_000,
);
