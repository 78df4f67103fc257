// `dev-session end`, killed at some of its steps, and Ctrl-C in its commit. All steps: test/long.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endings, killEnding, pointsOf, prepare, whole } from '../crash/sweep/ending.ts';
import { worldOfFile } from '../crash/sweep/suite.ts';

const { world } = worldOfFile();
const limit = 300_000;

test(
  'killed in the middle, and given again without its texts',
  async () => {
    world.putBack('base');
    prepare(world);
    const [merge] = endings;
    if (merge === undefined) throw new Error('no ending');
    const points = await pointsOf(world, merge);
    const found: string[] = [];
    for (const point of [
      'end.work-commit:after#1',
      'end.progress:before#1',
      'end.log-commit:after#1',
    ]) {
      expect(points).toContain(point);
      found.push(...(await killEnding(world, merge, point)));
    }
    expect(found).toEqual([]);
  },
  limit,
);

test(
  'git killed with its index lock in hand, and Ctrl-C in a hook: it goes on',
  async () => {
    world.putBack('base');
    prepare(world);
    const [merge] = endings;
    if (merge === undefined) throw new Error('no ending');
    const hook = 'project/.git/hooks/pre-commit';
    const arm = (text: string): void => {
      world.write(hook, `#!/bin/sh\n${text}\n`);
      chmodSync(join(world.folder, hook), 0o755);
    };
    // git holds index.lock while its hook runs; our parent is a shell, its parent is git
    arm('git=$(ps -o ppid= -p $PPID); kill -9 $(ps -o ppid= -p $git) $git');
    const killed = await world.run([...merge.command, '--json']);
    expect(killed.end).toBe('SIGKILL');
    arm('exit 0');
    const again = await world.run([...merge.again, '--json']);
    expect([again.end, again.stdout.slice(0, 2000)]).toMatchObject([0, /"ok":true/u]);
    expect(whole(world, merge)).toEqual([]);

    world.putBack('ending');
    arm('git=$(ps -o ppid= -p $PPID); kill -INT $(ps -o ppid= -p $git); sleep 5');
    const stopped = await world.run([...merge.command, '--json']);
    expect(stopped.end).toBe(130);
    arm('exit 0');
    const last = await world.run([...merge.again, '--json']);
    expect([last.end, last.stdout.slice(0, 2000)]).toMatchObject([0, /"ok":true/u]);
    expect(whole(world, merge)).toEqual([]);
  },
  limit,
);
