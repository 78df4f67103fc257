// `parallel land`, killed at its points and gone on with: the same sessions land, the same come back
// for the same reason, and the base passes its tests at every commit it was moved to.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { passedPoints } from './passed-points.ts';
import { said, statusOnly } from './invariants.ts';
import { filesOf, pathsBelow } from './look.ts';
import { succeed, type Ended, type World } from './world.ts';

/** Red as soon as both are there. */
const verify = 'test ! -e left.txt || test ! -e right.txt';
const queue = ['auth', 'clash', 'left', 'right'];
const command = ['parallel', 'land', ...queue, '--verify', verify, '--json'];

/** Beside `auth` one that clashes with it, and two that are red together. Kept as `queue`. */
export async function prepareQueue(world: World): Promise<void> {
  world.putBack('base');
  const auth = readFileSync(join(world.worktree('auth'), 'a.txt'), 'utf8');
  for (const name of ['clash', 'left', 'right']) {
    await succeed(world, ['parallel', 'create', name, '--dirty', 'leave']);
    const at = `project-sessions/${name}`;
    const path = name === 'clash' ? 'a.txt' : `${name}.txt`;
    world.write(`${at}/${path}`, name === 'clash' ? auth.replace('three', 'drei') : `${name}\n`);
    world.git(['add', '.'], at);
    world.git(['commit', '-qm', name], at);
  }
  world.keep('queue');
}

/** The points it passes; each is a place to die at. */
async function pointsOfQueue(world: World): Promise<string[]> {
  world.putBack('queue');
  const file = join(world.folder, '..', 'queue-points.log');
  rmSync(file, { force: true });
  const ended = await world.run(command, { env: { FLIGHT_RULES_FAULT_LOG: file } });
  if (ended.end !== 5) throw new Error(said(ended));
  return passedPoints(file);
}

/** @returns what is wrong after it was killed there and gone on with */
export async function killQueue(world: World, point: string): Promise<string[]> {
  world.putBack('queue');
  const first = world.git(['rev-parse', 'main']);
  const before = new Map(['clash', 'right'].map((name) => [name, stateOf(world, name)]));
  const killed = await world.run(command, { env: { FLIGHT_RULES_FAULT: point } });
  if (killed.end !== 'SIGKILL') return [`${point}: not killed: ${said(killed)}`];
  const found = [...red(world, first), ...(await statusOnly(world))];
  const again = await goOn(world);
  if (again !== null && again.end !== 5) found.push(`again: ${said(again)}`);
  return [...found, ...whole(world, first, before)].map((problem) => `${point}: ${problem}`);
}

/** A queue that was written is resumed; before that, the same call begins it. */
async function goOn(world: World): Promise<Ended | null> {
  if (world.git(['for-each-ref', 'refs/flight-rules/queue']) !== '') {
    return world.run(['parallel', 'land', '--resume', '--json']);
  }
  const begun = world.git(['for-each-ref', 'refs/flight-rules/trash/']) !== '';
  if (!begun) return world.run(command);
  const ended = await world.run(['parallel', 'land', '--resume', '--json']);
  if (ended.end !== 0) throw new Error(said(ended));
  // nothing is left to be gone on with; the next change finds a dead holder's lock
  await succeed(world, ['parallel', 'create', 'next', '--dirty', 'leave']);
  return null;
}

/** Everything is as it is when nothing is cut off. */
function whole(
  world: World,
  first: string,
  before: ReadonlyMap<string, string> = new Map(),
): string[] {
  const { git, commonDir } = world;
  const refs = git(['for-each-ref', '--format=%(refname)', 'refs/flight-rules/']).split('\n');
  const missing = ['sessions/clash', 'sessions/right', 'trash/auth/1', 'trash/left/1'].filter(
    (name) => !refs.includes(`refs/flight-rules/${name}`),
  );
  const left = ['queue', 'lock', 'sessions/auth', 'sessions/left', 'trash/auth/2'].filter((name) =>
    refs.includes(`refs/flight-rules/${name}`),
  );
  const moves = movesOf(world, first).length;
  const files = pathsBelow(
    commonDir,
    (name) => name.endsWith('.lock') || name === 'scratch' || name.startsWith('scratch-'),
  );
  return [
    ...missing.map((name) => `missing: ${name}`),
    ...[...left, ...files].map((name) => `left: ${name}`),
    ...(moves === 2 ? [] : [`main moved ${moves} times`]),
    ...red(world, first),
    ...reason(world, 'clash', 'conflicts', 'auth'),
    ...reason(world, 'right', 'red', 'left'),
    ...[...before].flatMap(([name, state]) =>
      stateOf(world, name) === state ? [] : [`${name} changed`],
    ),
  ];
}

/** Where main has been since, by its reflog. */
function movesOf(world: World, first: string): string[] {
  const log = world.git(['reflog', 'show', '--format=%H', 'main']).split('\n');
  return log.slice(0, log.indexOf(first));
}

/** What verification would say, without a checkout of each. */
function red(world: World, first: string): string[] {
  return movesOf(world, first).flatMap((commit) => {
    const names = world.git(['ls-tree', '--name-only', commit]).split('\n');
    const both = names.includes('left.txt') && names.includes('right.txt');
    return both ? [`main was red at ${commit}`] : [];
  });
}

function reason(world: World, name: string, why: string, met: string): string[] {
  const ref = `refs/flight-rules/sessions/${name}`;
  const record = JSON.parse(world.git(['cat-file', 'blob', ref])) as {
    readonly sentBack?: { readonly reason: string; readonly with?: string };
    readonly intent?: unknown;
  };
  const said = record.sentBack;
  const right = said?.reason === why && said.with === met && record.intent === undefined;
  return right ? [] : [`${name}: ${JSON.stringify(record)}`];
}

function stateOf(world: World, name: string): string {
  const tip = world.git(['rev-parse', `session/${name}`]);
  return JSON.stringify([tip, [...filesOf(world.worktree(name))]]);
}

/**
 * Kills at every second step.
 * @param first the number of the first of them
 * @returns what is wrong
 */
export async function sweepQueue(world: World, first: 0 | 1): Promise<string[]> {
  await prepareQueue(world);
  const points = await pointsOfQueue(world);
  const found: string[] = [];
  for (const point of points.filter((_, at) => at % 2 === first)) {
    found.push(...(await killQueue(world, point)));
  }
  return found;
}
