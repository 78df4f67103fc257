// A sync, killed right before and right after every step, git killed in it, and the recovery, too.
// About four minutes on one core.
import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { everyStep } from '../crash/sweep/points.ts';
import { deadlyFilter, deaths, killGitAt, killInCheckout } from '../crash/sweep/git-killed.ts';
import { sync } from '../crash/sweep/scenarios.ts';
import { named, sweeps, worldOfFile } from '../crash/sweep/suite.ts';
import { checkoutAt } from '../crash/sweep/look.ts';
import { command, learn } from '../crash/sweep/sweep.ts';
import { succeed } from '../crash/sweep/world.ts';
import { drive, isWhole, scene, type How } from '../crash/sync-killed.ts';

const { world } = worldOfFile();
const minutes = 60_000;

sweeps(world, sync, everyStep);

test.each([named(sync, 'sync, rebased'), named(sync, 'sync, carrying changes')])(
  '$name, git killed while it moves refs',
  async (scenario) => {
    const ready = await learn(world, scenario);
    const found: string[] = [];
    for (const [index, death] of (await deaths(world, ready)).entries()) {
      found.push(...(await killGitAt(world, ready, { ...death, us: index % 2 === 0 })));
    }
    expect(found).toEqual([]);
  },
  10 * minutes,
);

test.each(sync.filter((scenario) => !scenario.name.includes('hooks')))(
  '$name, git killed while it writes files',
  async (scenario) => {
    const ready = await learn(world, {
      ...scenario,
      prepare: async () => {
        await scenario.prepare(world);
        deadlyFilter(world, 'other.txt');
      },
    });
    const found = [
      ...(await killInCheckout(world, ready, 'git')),
      ...(await killInCheckout(world, ready, 'us')),
    ];
    expect(found).toEqual([]);
  },
  10 * minutes,
);

test.each<How>(['ff', 'merge', 'rebase', 'carry', 'carry, rebased'])(
  '%s, killed at every step of its own',
  async (how) => {
    const it = await scene(how);
    for (const point of it.points) {
      it.putBack();
      expect(await drive(it, how, { FLIGHT_RULES_FAULT: point })).toBe('SIGKILL');
      await isWhole(it, point);
    }
  },
  10 * minutes,
);

const recovery = [
  'recover.sync:before',
  'sync.files-back:before',
  'sync.files-back:after',
  'recover.sync:after',
  'recover.sync-record:before',
  'sync.pins:after',
  'sync.done:before',
  'sync.done:after',
];

test.each(recovery)(
  'the recovery is killed at %s',
  async (point) => {
    const it = await scene('carry');
    const backwards = !point.startsWith('sync.done');
    const first = backwards ? 'sync.files:after' : 'sync.index:after';
    it.putBack();
    expect(await drive(it, 'carry', { FLIGHT_RULES_FAULT: first })).toBe('SIGKILL');
    expect(await drive(it, 'recover', { FLIGHT_RULES_FAULT: point })).toBe('SIGKILL');
    await isWhole(it, `${first}, then ${point}`);
  },
  2 * minutes,
);

test(
  'killed, and the folder moved by hand before the next command',
  async () => {
    const ready = await learn(world, named(sync, 'sync, carrying changes'));
    for (const point of ['sync.files:after', 'sync.index:after']) {
      world.putBack('start');
      const env = { FLIGHT_RULES_FAULT: point };
      expect((await command(world, ready.scenario, env)).end).toBe('SIGKILL');
      renameSync(world.worktree('auth'), world.worktree('elsewhere'));
      await succeed(world, ['parallel', 'cleanup', '--yes']);
      await succeed(world, ['parallel', 'cleanup', '--yes']);
      const wanted = point.startsWith('sync.files') ? ready.before.session : ready.before.after;
      expect([point, checkoutAt(world.worktree('elsewhere'))]).toEqual([point, wanted]);
    }
  },
  2 * minutes,
);
