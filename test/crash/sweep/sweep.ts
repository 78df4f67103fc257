// Kills a command at each of its fault points and looks what became of everything.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  dead,
  lookBefore,
  lost,
  main,
  said,
  same,
  sessionFolder,
  statusOnly,
  tidy,
  type Before,
} from './invariants.ts';
import { passedPoints } from './passed-points.ts';
import { checkoutAt, type Checkout } from './look.ts';
import type { Scenario } from './scenario.ts';
import type { Ended, World } from './world.ts';

/** A scenario that is ready to be run again and again. */
export interface Ready {
  readonly scenario: Scenario;
  readonly before: Before;
  /** the main checkout after a command that nothing cut off */
  readonly whole: Checkout;
  /** `<point>#<n>`, as they were passed */
  readonly points: readonly string[];
}

/** Prepares, runs the command once to its end, and learns its fault points. */
export async function learn(world: World, scenario: Scenario): Promise<Ready> {
  world.putBack('base');
  await scenario.prepare(world);
  const before = lookBefore(world, scenario);
  await scenario.afterwards?.(world);
  world.keep('start');
  const log = join(world.folder, '..', 'points.log');
  rmSync(log, { force: true });
  const ended = await command(world, scenario, { FLIGHT_RULES_FAULT_LOG: log });
  if (ended.end !== 0) throw new Error(`${scenario.name}: ${said(ended)}`);
  const points = passedPoints(log);
  const after =
    scenario.changes === undefined ? null : checkoutAt(world.worktree(scenario.session));
  return { scenario, before: { ...before, after }, whole: main(world), points };
}

/** Runs the command of a scenario where the world stands. */
export function command(
  world: World,
  scenario: Scenario,
  env: Readonly<Record<string, string>> = {},
  first: readonly string[] = [],
): Promise<Ended> {
  const options = scenario.options?.(world) ?? {};
  const path = [...first, ...(options.path ?? [])];
  return world.run([...scenario.command, '--json'], {
    path,
    env: { ...options.env, ...env },
  });
}

/** Kills the command at `point`. @returns what is wrong then and afterwards */
export async function killAt(world: World, ready: Ready, point: string): Promise<string[]> {
  world.putBack('start');
  const ended = await command(world, ready.scenario, { FLIGHT_RULES_FAULT: point });
  if (ended.end !== 'SIGKILL') return [`${point}: not killed: ${said(ended)}`];
  const then = ready.points.indexOf(point) % 2 === 0 ? 'again' : 'as it was';
  const problems = await aftermath(world, ready, then);
  return problems.map((problem) => `${point}: ${problem}`);
}

/** Everything that must hold after a command was cut off, at once and after the next ones. */
export async function aftermath(
  world: World,
  { scenario, before, whole }: Ready,
  then: 'again' | 'as it was',
): Promise<string[]> {
  const found = dead(world, scenario, before, whole);
  found.push(...(await statusOnly(world)));
  const next = await world.run(['parallel', 'create', 'probe', '--dirty', 'leave', '--json']);
  if (next.end !== 0) return [...found, `the next command: ${said(next)}`];
  if (next.stdout.includes('not-recovered')) found.push(`not recovered: ${next.stdout}`);
  found.push(...tidy(world, scenario, before, whole), ...lost(world, scenario, before));
  // one half does what was meant again, the other wants the session as it was; one that was moved
  // by hand is found by the command only, and restore has nothing to bring back
  if (then === 'again' || scenario.moved !== undefined)
    found.push(...(await repeat(world, scenario)));
  const held = isEmptied(world, scenario) ? { ...before, session: null } : before;
  found.push(...(await usable(world, scenario, held)));
  found.push(...lost(world, scenario, before));
  return found;
}

/**
 * Has emptying the trash, which cannot be undone, begun to delete? Both folders are put aside
 * first, the private git dir last. From then on what comes back is the branch, and a warning.
 */
function isEmptied(world: World, scenario: Scenario): boolean {
  if (scenario.loses !== 'what was in the trash') return false;
  const folder = join(world.commonDir, 'flight-rules', 'trash');
  return !existsSync(join(folder, `${scenario.session}-1`));
}

async function repeat(world: World, scenario: Scenario): Promise<string[]> {
  const ended = await command(world, scenario);
  if (ended.end === 0) return [];
  const { error } = JSON.parse(ended.stdout) as { error?: { code: string } };
  return error !== undefined && scenario.again.includes(error.code)
    ? []
    : [`once more: ${said(ended)}`];
}

/** The session is healthy, comes back, or its name is free. */
async function usable(world: World, scenario: Scenario, before: Before): Promise<string[]> {
  const names = [scenario.session, ...(scenario.becomes === undefined ? [] : [scenario.becomes])];
  const stray = scenario.stray === true && !isRecorded(world, scenario.session);
  if (!stray && !names.some((name) => healthy(world, name))) {
    const restored = await world.run(['parallel', 'restore', scenario.session, '--json']);
    if (restored.end !== 0) return comesAnew(world, scenario, before, restored);
  }
  const at = sessionFolder(world, scenario);
  if (at === null || before.session === null) return [];
  const now = [at, world.worktree(scenario.becomes ?? scenario.session)]
    .filter((path) => existsSync(path))
    .map((path) => comparable(scenario, checkoutAt(path)));
  const was = comparable(scenario, before.session);
  const meant = before.after === null ? was : comparable(scenario, before.after ?? null);
  return now.some((one) => same(one, was) || same(one, meant))
    ? []
    : [`the session is not as it was: ${JSON.stringify(now)} instead of ${JSON.stringify(was)}`];
}

/** What must be as it was: of a folder that the user deleted, index and HEAD; under another name, files and index. */
function comparable(scenario: Scenario, checkout: Checkout | null): unknown {
  if (checkout === null) return null;
  const { files, index, head, status } = checkout;
  if (scenario.loses === 'its folder') return { index, head };
  return scenario.becomes === undefined ? { files, index, head, status } : { files, index };
}

/** Seen without the program: record, folder, registration without a lock, branch. */
function healthy(world: World, name: string): boolean {
  const ref = `refs/flight-rules/sessions/${name}`;
  if (!isRecorded(world, name)) return false;
  const record = JSON.parse(world.git(['cat-file', 'blob', ref])) as {
    readonly state: string;
    readonly worktree: string;
    readonly adminId: string | null;
    readonly branch: string;
  };
  const { state, worktree, adminId, branch } = record;
  return (
    state === 'active' &&
    adminId !== null &&
    existsSync(join(worktree, '.git')) &&
    !existsSync(join(world.commonDir, 'worktrees', adminId, 'locked')) &&
    world.git(['for-each-ref', `refs/heads/${branch}`]) !== ''
  );
}

function isRecorded(world: World, name: string): boolean {
  return world.git(['for-each-ref', `refs/flight-rules/sessions/${name}`]) !== '';
}

async function comesAnew(
  world: World,
  scenario: Scenario,
  before: Before,
  restored: Ended,
): Promise<string[]> {
  if (before.session !== null) return [`restore: ${said(restored)}`];
  const args = ['parallel', 'create', scenario.session, '--dirty', 'leave', '--json'];
  const created = await world.run(args);
  return created.end === 0
    ? []
    : [`neither restore nor create: ${said(restored)} ${said(created)}`];
}
