// Conflicts that are left, concluded and given up, killed on the way: what the next command finds.
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { said } from './invariants.ts';
import type { Ended, World } from './world.ts';

const at = 'project-sessions/auth';
/** what somebody typed, and must be found again somewhere */
const typed = 'three, resolved by hand';

export interface Way {
  readonly name: string;
  readonly begin: readonly string[];
  /** what is given once conflicts are there and somebody has worked on them; `null`: nothing */
  readonly ending: '--continue' | '--abort' | null;
}

const sync = ['parallel', 'sync', 'auth'];
const begun = (name: string, ...flags: readonly string[]): readonly Way[] => {
  const begin = [...sync, ...flags, '--leave-conflicts'];
  return [
    { name: `${name}, left`, begin, ending: null },
    { name: `${name}, concluded`, begin, ending: '--continue' },
    { name: `${name}, given up`, begin, ending: '--abort' },
  ];
};

export const ways: readonly Way[] = [...begun('a merge'), ...begun('a rebase', '--rebase')];

/** Session and base have changed the same line; the base has a new file and lacks another. */
export async function prepare(world: World, way: Way): Promise<void> {
  const { git, write } = world;
  world.putBack('base');
  write('project/a.txt', 'line 1\nline 2\nthree of main\nline 4\n');
  write('project/new/file.txt', 'new\n');
  git(['add', 'a.txt', 'new']);
  git(['rm', '-q', '--cached', 'type']);
  git(['commit', '-qm', 'in the way']);
  if (way.ending !== null) {
    await must(world, way.begin, 5);
    write(`${at}/a.txt`, `${typed}\n`);
    if (way.ending === '--continue') git(['add', 'a.txt'], at);
    write(`${at}/mine.txt`, 'untracked\n');
  }
  world.keep('resolving');
}

function command({ begin, ending }: Way): readonly string[] {
  return ending === null ? begin : [...sync, ending];
}

async function must(world: World, args: readonly string[], end: number): Promise<Ended> {
  const ended = await world.run(['--json', ...args]);
  if (ended.end !== end) throw new Error(`${args.join(' ')}: ${said(ended)}`);
  return ended;
}

/** The points that the command passes. */
export async function pointsOf(world: World, way: Way): Promise<string[]> {
  await prepare(world, way);
  const file = join(world.folder, '..', 'resolving-points.log');
  rmSync(file, { force: true });
  const ended = await world.run(['--json', ...command(way)], {
    env: { FLIGHT_RULES_FAULT_LOG: file },
  });
  if (ended.end !== (way.ending === null ? 5 : 0)) throw new Error(said(ended));
  const counts = new Map<string, number>();
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((point) => {
      const nth = (counts.get(point) ?? 0) + 1;
      counts.set(point, nth);
      return `${point}#${nth}`;
    })
    .filter((point) => /^(?:sync|rollback)\./u.test(point));
}

/** @returns what is wrong after it was killed there, and something else was changed */
export async function killWay(world: World, way: Way, point: string): Promise<string[]> {
  world.putBack('resolving');
  const from = branchTip(world);
  const killed = await world.run(['--json', ...command(way)], {
    env: { FLIGHT_RULES_FAULT: point },
  });
  if (killed.end !== 'SIGKILL') return [`${way.name} at ${point}: not killed: ${said(killed)}`];
  return (await after(world, way, from)).map((wrong) => `${way.name} at ${point}: ${wrong}`);
}

/**
 * The same, with a program that kills git and us from inside it.
 * @param gits how many of them are above it: a rebase makes commits by another one
 */
export async function killInside(
  world: World,
  way: Way,
  gits: 1 | 2,
  arm: (script: string) => void,
): Promise<string[]> {
  world.putBack('resolving');
  const from = branchTip(world);
  const above = 'up=$(ps -o ppid= -p $up); all="$up $all"; '.repeat(gits + 1);
  arm(`up=$PPID; all=$up; ${above}kill -9 $all`);
  const killed = await world.run(['--json', ...command(way)]);
  arm('cat');
  if (killed.end !== 'SIGKILL') return [`${way.name}: not killed: ${said(killed)}`];
  return after(world, way, from);
}

/** A hook of the repository; `cat` of it does nothing. */
export function hookOf(world: World, name: string): (script: string) => void {
  return (script) => {
    world.write(`project/.git/hooks/${name}`, `#!/bin/sh\n${script === 'cat' ? ':' : script}\n`);
    chmodSync(join(world.commonDir, 'hooks', name), 0o755);
  };
}

async function after(world: World, way: Way, from: string): Promise<string[]> {
  const wrong: string[] = [];
  const other = await world.run(['--json', 'parallel', 'create', 'other', '--dirty', 'leave']);
  if (other.end !== 0) return [`another command fails: ${said(other)}`];
  const record = JSON.parse(
    world.git(['cat-file', 'blob', 'refs/flight-rules/sessions/auth']),
  ) as Record<string, unknown>;
  if (record['intent'] !== undefined) wrong.push(`interrupted for ever: ${other.stdout}`);
  const own = join(world.commonDir, 'worktrees', 'auth');
  for (const lock of ['index.lock', 'HEAD.lock']) {
    if (existsSync(join(own, lock))) wrong.push(`${lock} is left`);
  }
  const mine = join(world.folder, at, 'mine.txt');
  if (existsSync(mine) !== (way.ending !== null)) wrong.push('an untracked file is gone');
  if (way.ending !== null && !isSomewhere(world)) wrong.push('what was typed is gone');
  const left = ['MERGE_HEAD', 'rebase-merge'].some((mark) => existsSync(join(own, mark)));
  if (left !== (record['syncing'] !== undefined)) wrong.push('the record says otherwise');
  if (left) await must(world, [...sync, '--abort'], 0);
  const status = world.git(['status', '--porcelain'], at);
  if (status !== (way.ending === null ? '' : '?? mine.txt')) wrong.push(`not clean: ${status}`);
  if (world.git(['symbolic-ref', 'HEAD'], at) !== 'refs/heads/session/auth') wrong.push('HEAD');
  const tip = branchTip(world);
  if (way.ending !== '--continue' && tip !== from) wrong.push(`the branch is at ${tip}`);
  if (way.ending !== null && !isSomewhere(world)) wrong.push('what was typed is gone at last');
  rmSync(mine, { force: true });
  if (tip === from) await must(world, way.begin, 5);
  return wrong;
}

function branchTip(world: World): string {
  return world.git(['rev-parse', 'session/auth']);
}

/** In the worktree, on the branch, or in an entry of the trash. */
function isSomewhere(world: World): boolean {
  if (readFileSync(join(world.folder, at, 'a.txt'), 'utf8').includes(typed)) return true;
  const entries = world
    .git(['for-each-ref', '--format=%(refname)', 'refs/flight-rules/trash/auth'])
    .split('\n')
    .filter((ref) => ref !== '')
    .map((ref) => JSON.parse(world.git(['cat-file', 'blob', `${ref}:entry.json`])) as Entry);
  const tips = ['session/auth', ...entries.map(({ branchTip: tip }) => tip)];
  return tips.some((tip) => world.git(['show', `${tip}:a.txt`]).includes(typed));
}

interface Entry {
  readonly branchTip: string;
}
