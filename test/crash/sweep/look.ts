// What there is: bytes of files, objects, refs. Everything the promise speaks of, as plain data.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gitIn } from '../../support/repo.ts';
import type { World } from './world.ts';

/** By path below a folder: kind, mode and git's id of the bytes. */
export type Files = ReadonlyMap<string, string>;

/** All files below `folder`, ignored ones too; not `.git`. */
export function filesOf(folder: string): Files {
  const found = new Map<string, string>();
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      if (entry.name === '.git') continue;
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else found.set(relative(folder, path), describe(path));
    }
  };
  if (existsSync(folder)) walk(folder);
  return found;
}

function describe(path: string): string {
  const info = lstatSync(path);
  const bytes = info.isSymbolicLink() ? Buffer.from(readlinkSync(path)) : readFileSync(path);
  return `${info.mode.toString(8)} ${blobId(bytes)}`;
}

function blobId(bytes: Buffer): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** A worktree as its user sees it: files, index, HEAD, what git says of it. */
export interface Checkout {
  readonly files: Readonly<Record<string, string>>;
  readonly index: string;
  readonly head: string;
  readonly status: string;
}

/** @param at folder; `null` if it is not there */
export function checkoutAt(at: string): Checkout | null {
  if (!existsSync(join(at, '.git'))) return null;
  const tree = gitIn(at, 'rev-parse', 'HEAD^{tree}');
  const name = gitIn(at, 'rev-parse', '--symbolic-full-name', 'HEAD');
  return {
    files: Object.fromEntries([...filesOf(at)].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    index: gitIn(at, 'ls-files', '--stage'),
    head: `${name} ${tree}`,
    status: gitIn(
      at,
      '--no-optional-locks',
      'status',
      '--ignored',
      '--untracked-files=all',
    ).replace(/^Your branch is .*\n\n?/mu, ''),
  };
}

/** Every object that refs, HEADs, reflogs and indexes of the project name. */
export function objectsOf(world: World): string[] {
  const ids = new Set<string>();
  const folders = [world.root, ...sessionFolders(world)];
  for (const at of folders) {
    const walk = ['rev-list', '--objects', '--no-object-names', '--all', '--reflog'];
    for (const line of gitIn(at, ...walk, '--indexed-objects', 'HEAD').split('\n')) ids.add(line);
  }
  // our own bookkeeping may come and go
  for (const line of gitIn(
    world.root,
    'for-each-ref',
    '--format=%(objectname)',
    'refs/flight-rules/sessions/',
    'refs/flight-rules/lock',
  ).split('\n'))
    ids.delete(line);
  ids.delete('');
  return [...ids];
}

function sessionFolders(world: World): string[] {
  if (!existsSync(world.sessionsDir)) return [];
  return readdirSync(world.sessionsDir)
    .map((name) => join(world.sessionsDir, name))
    .filter((path) => existsSync(join(path, '.git')));
}

/** Those of `ids` that the project does not have (any more). */
export function missingObjects(world: World, ids: readonly string[]): string[] {
  const output = execFileSync('git', ['cat-file', '--batch-check'], {
    cwd: world.root,
    encoding: 'utf8',
    input: `${ids.join('\n')}\n`,
  });
  return output
    .split('\n')
    .filter((line) => line.endsWith(' missing'))
    .map((line) => line.slice(0, -' missing'.length));
}

/** Where files of a session may be: its folder, and what lies in the trash. */
export function homes(world: World, worktree: string): string[] {
  const below = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  const trash = below(join(world.sessionsDir, '.trash'));
  const live = below(world.sessionsDir).filter((path) => !path.endsWith('.trash'));
  return [worktree, ...live, ...trash, ...trash.flatMap(below)].filter(
    (path) => existsSync(path) && lstatSync(path).isDirectory(),
  );
}

/** Paths of `files` that are in none of `places` with these bytes, with the id of the bytes. */
export function notIn(files: Files, places: readonly Files[]): Map<string, string> {
  const lost = new Map<string, string>();
  for (const [path, what] of files) {
    if (!places.some((place) => place.get(path) === what)) lost.set(path, what.split(' ')[1] ?? '');
  }
  return lost;
}

/** Every entry below `folder` with its times, to see that nothing was written. */
export function traces(folder: string): string {
  const found: string[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      const info = lstatSync(path);
      // git touches the time of an object that it would have written and that is there
      const times = at.includes('/objects') ? '' : ` ${info.mtimeMs} ${info.ctimeMs}`;
      found.push(`${path} ${info.ino} ${info.size}${times}`);
      if (entry.isDirectory()) walk(path);
    }
  };
  walk(folder);
  return found.toSorted().join('\n');
}

/** Files below `folder` for which `wanted` holds, relative to it. */
export function pathsBelow(folder: string, wanted: (name: string) => boolean): string[] {
  const found: string[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (wanted(entry.name)) found.push(relative(folder, path));
      if (entry.isDirectory() && entry.name !== 'objects') walk(path);
    }
  };
  if (existsSync(folder)) walk(folder);
  return found;
}
