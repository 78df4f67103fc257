// The invariants of a crash, each as a list of what breaks it: empty is good.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gitIn } from '../../support/repo.ts';
import type { Scenario } from './scenario.ts';
import {
  checkoutAt,
  filesOf,
  homes,
  missingObjects,
  notIn,
  objectsOf,
  pathsBelow,
  traces,
  type Checkout,
  type Files,
} from './look.ts';
import { type Ended, type World } from './world.ts';

/** How everything was before the command, and how it is when nothing was cut off. */
export interface Before {
  readonly main: Checkout;
  readonly bystander: Checkout | null;
  readonly session: Checkout | null;
  readonly files: Files;
  readonly objects: readonly string[];
  /** the session when nothing was cut off, if the command changes it */
  readonly after?: Checkout | null;
}

export function lookBefore(world: World, scenario: Scenario): Before {
  const at = sessionFolder(world, scenario);
  return {
    main: main(world),
    bystander: checkoutAt(world.worktree('by')),
    session: at === null ? null : checkoutAt(at),
    files: at === null || scenario.loses === 'its folder' ? new Map() : filesOf(at),
    objects: objectsOf(world),
  };
}

export function sessionFolder(world: World, scenario: Scenario): string | null {
  if (scenario.at === null) return null;
  return scenario.at === undefined
    ? world.worktree(scenario.session)
    : join(world.folder, scenario.at);
}

export function main(world: World): Checkout {
  const found = checkoutAt(world.root);
  if (found === null) throw new Error('the main checkout is gone');
  return found;
}

/** At the moment of death: nothing is gone, the manifest can be read. */
export function dead(world: World, scenario: Scenario, before: Before, whole: Checkout): string[] {
  const now = filesOf(world.root);
  const touched = new Set(
    Object.keys({ ...before.main.files, ...whole.files }).filter(
      (path) => before.main.files[path] !== whole.files[path],
    ),
  );
  const users = Object.entries(before.main.files).filter(([path]) => !touched.has(path));
  return [
    ...manifest(world),
    ...users.flatMap(([path, what]) => (now.get(path) === what ? [] : [`main: ${path} changed`])),
    ...lost(world, scenario, before),
    ...bystander(world, before),
  ];
}

function manifest(world: World): string[] {
  const file = join(world.sessionsDir, '.manifest.json');
  if (!existsSync(file)) return [];
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return [];
  } catch (error) {
    return [`the manifest is torn: ${String(error)}`];
  }
}

/** Files of the session that are nowhere, and objects that are gone. */
export function lost(world: World, scenario: Scenario, before: Before): string[] {
  if (scenario.loses === 'what was in the trash') return [];
  const at = sessionFolder(world, scenario) ?? world.worktree(scenario.session);
  const nowhere = notIn(before.files, homes(world, at).map(filesOf));
  for (const path of changed(world, scenario, before)) nowhere.delete(path);
  const ids = [...new Set([...before.objects, ...nowhere.values()])];
  const gone = new Set(missingObjects(world, ids));
  return [
    ...[...nowhere].flatMap(([path, id]) => (gone.has(id) ? [`lost: ${path}`] : [])),
    ...before.objects.flatMap((id) => (gone.has(id) ? [`object gone: ${id}`] : [])),
  ];
}

/** Files that are as the command makes them, and those whose bytes it keeps meanwhile. */
function changed(world: World, scenario: Scenario, before: Before): string[] {
  const { after } = before;
  if (after === undefined || after === null) return [];
  const now = filesOf(world.worktree(scenario.session));
  const own = join(world.commonDir, 'worktrees', scenario.session, 'flight-rules', 'sync', 'raw');
  const kept = new Set(filesOf(own).values());
  return [...before.files]
    .filter(([path, what]) => now.get(path) === after.files[path] || kept.has(what))
    .map(([path]) => path);
}

function bystander(world: World, before: Before): string[] {
  const now = checkoutAt(world.worktree('by'));
  return same(now, before.bystander) ? [] : ['the bystander changed'];
}

export function same(one: unknown, two: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}

/** `status` answers, and writes nothing. */
export async function statusOnly(world: World): Promise<string[]> {
  const before = traces(world.folder);
  const ended = await world.run(['parallel', 'status', '--json']);
  const wrote = written(before, traces(world.folder));
  if (ended.end !== 0) return [...wrote, `status: ${said(ended)}`];
  const interrupted = intents(world).length > 0;
  const { data } = JSON.parse(ended.stdout) as { data: { interrupted: unknown[] } };
  const says = data.interrupted.length > 0;
  return interrupted === says ? wrote : [...wrote, `status says interrupted: ${says}`];
}

function written(before: string, after: string): string[] {
  if (before === after) return [];
  const old = new Set(before.split('\n'));
  const now = after.split('\n').filter((line) => !old.has(line));
  return [`status wrote ${now.join(', ')}`];
}

/** Records with an intent. */
function intents(world: World): string[] {
  const refs = world.git(['for-each-ref', '--format=%(refname)', 'refs/flight-rules/sessions/']);
  return refs
    .split('\n')
    .filter((ref) => ref !== '')
    .filter((ref) => {
      const record = JSON.parse(world.git(['cat-file', 'blob', ref])) as { intent?: unknown };
      return record.intent !== undefined;
    });
}

export function said(ended: Ended): string {
  return `${ended.end} ${ended.stdout.slice(0, 600)}${ended.stderr.slice(-600)}`;
}

/** After the next command that changes something: nothing is left over, git works. */
export function tidy(world: World, scenario: Scenario, before: Before, whole: Checkout): string[] {
  const { commonDir, sessionsDir } = world;
  const now = main(world);
  const locks = pathsBelow(
    commonDir,
    (name) => name.endsWith('.lock') || name === 'packed-refs.new',
  );
  return [
    ...locks.map((path) => `left: ${path}`),
    ...pathsBelow(commonDir, (name) => name === 'scratch' || name.endsWith('.flight-rules')).map(
      (path) => `left: ${path}`,
    ),
    ...pathsBelow(join(commonDir, 'flight-rules', 'placeholder'), () => true).map(
      (path) => `left: placeholder/${path}`,
    ),
    ...intents(world).map((ref) => `intent left: ${ref}`),
    ...manifest(world),
    ...(scenario.moved === undefined ? strangers(world, sessionsDir) : []),
    ...(scenario.loses === 'its folder' || scenario.moved !== undefined
      ? []
      : registrations(world)),
    ...(same(now, before.main) || same(now, whole)
      ? []
      : [`main is neither: ${diff(now, before.main)}`]),
    ...bystander(world, before),
    ...gitWorks(world),
  ];
}

function diff(one: Checkout, two: Checkout): string {
  const parts = (['files', 'index', 'head', 'status'] as const).filter(
    (part) => !same(one[part], two[part]),
  );
  return parts.map((part) => `${part} ${JSON.stringify(one[part])}`).join('; ');
}

/** What lies in sessionsDir and is neither manifest, trash nor a session. */
function strangers(world: World, sessionsDir: string): string[] {
  if (!existsSync(sessionsDir)) return [];
  const text = readFileSync(join(sessionsDir, '.manifest.json'), 'utf8');
  const { sessions } = JSON.parse(text) as { sessions: { id: string; worktree: string }[] };
  const places = sessions.map(({ worktree }) => basename(worktree));
  const known = new Set(['.manifest.json', '.trash', ...places]);
  const trash = join(sessionsDir, '.trash');
  const refs = world.git(['for-each-ref', '--format=%(refname)', 'refs/flight-rules/trash/']);
  const entries = new Set(refs.split('\n').map((ref) => ref.split('/').slice(3, 5).join('-')));
  const inTrash = existsSync(trash) ? readdirSync(trash) : [];
  const privates = join(world.commonDir, 'flight-rules', 'trash');
  const inPrivate = existsSync(privates) ? readdirSync(privates) : [];
  return [
    ...readdirSync(sessionsDir).filter((name) => !known.has(name)),
    ...[...inTrash, ...inPrivate].filter(
      // a deletion that was cut off goes on when the trash is emptied the next time
      (name) => !entries.has(name.replace(/\.expiring$/u, '')),
    ),
  ].map((name) => `left: ${name}`);
}

/** Every entry below worktrees/ is whole, or a placeholder of something in the trash. */
function registrations(world: World): string[] {
  const folder = join(world.commonDir, 'worktrees');
  if (!existsSync(folder)) return [];
  const trash = world.git(['for-each-ref', '--format=%(refname)', 'refs/flight-rules/trash/']);
  return readdirSync(folder).flatMap((id) => {
    const names = readdirSync(join(folder, id));
    if (names.includes('gitdir')) {
      const at = readFileSync(join(folder, id, 'gitdir'), 'utf8').trim();
      return existsSync(at) ? [] : [`registration without a folder: ${id}`];
    }
    if (names.length === 1 && names[0] === 'locked' && trash !== '') return [];
    return [`half-made registration: ${id} (${names.join(', ')})`];
  });
}

function gitWorks(world: World): string[] {
  const { root } = world;
  const failed: string[] = [];
  const attempt = (...args: readonly string[]): void => {
    try {
      gitIn(root, ...args);
    } catch (error) {
      failed.push(`git ${args.join(' ')}: ${String(error)}`);
    }
  };
  attempt('worktree', 'list', '--porcelain');
  attempt('branch', 'somebranch');
  attempt('pack-refs', '--all');
  attempt('branch', '-D', 'somebranch');
  attempt('gc', '--quiet', '--prune=now');
  attempt('fsck', '--connectivity-only', '--no-dangling');
  attempt('rev-list', '--all', '--objects');
  return failed;
}
