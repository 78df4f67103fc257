// Recovery is killed, too: a command that was cut off, and the next one cut off while it mends that.
import type { Scenario } from './scenario.ts';
import { clean, create, land, leave, restore } from './scenarios.ts';
import { named } from './suite.ts';
import { command, type Ready } from './sweep.ts';

/** The command that comes after `scenario` was killed at `point`. */
function after(scenario: Scenario, point: string): Scenario {
  return {
    ...scenario,
    name: `recovery of ${scenario.name} (${point})`,
    afterwards: async (world) => {
      await scenario.afterwards?.(world);
      const ended = await command(world, scenario, { FLIGHT_RULES_FAULT: point });
      if (ended.end !== 'SIGKILL') throw new Error(`${scenario.name} does not pass ${point}`);
    },
    command: ['parallel', 'create', 'probe', '--dirty', 'leave'],
  };
}

const carried = named(land, 'merge, with a merge commit and a carried file');
export const recovering: readonly Scenario[] = [
  after(named(create, 'create'), 'create.checkout:after'),
  after(carried, 'land.index:after'),
  after(named(leave, 'abandon'), 'remove.lock-admin:after'),
  after(named(leave, 'abandon'), 'remove.move-worktree:after'),
  after(named(restore, 'restore, of an abandoned one'), 'restore.refs:after'),
  after(named(restore, 'restore, of an orphan'), 'restore.refs:after'),
  after(named(land, 'merge, with hooks'), 'land.scratch:after'),
  after(carried, 'land.move:after'),
  after(named(leave, 'pr'), 'publish.push:after'),
  after(named(clean, 'cleanup, of an orphan'), 'remove.move-private:after'),
];

/** What recovery passes before the command does its own. */
export function ofRecovery(ready: Ready): string[] {
  const begin = ready.points.findIndex((point) => point.startsWith('create.refs:before'));
  return ready.points.slice(0, begin).filter((point) => !point.startsWith('lock.'));
}
