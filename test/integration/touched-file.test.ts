// What sessions changed, in the user's cache: written beside and renamed, read only if it is whole.
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import {
  mostTouchedBytes,
  readTouched,
  touchedFile,
} from '../../src/integration/clash/touched-file.ts';
import { writeTouched, type TouchedEntry } from '../../src/integration/clash/write-touched.ts';
import { absolute } from '../../src/kernel/path.ts';
import { temporaryFolder } from '../support/repo.ts';

const commonDir = absolute('/somewhere/project/.git');
const observedAt = new Date('2026-11-22T14:02:00Z');
const to = { commonDir, observedAt };

function fileIn(env: Readonly<Record<string, string>>): string {
  return touchedFile(env, commonDir) ?? 'no cache directory';
}

function environment(): { XDG_CACHE_HOME: string } {
  return { XDG_CACHE_HOME: join(temporaryFolder('cache-'), 'not', 'there', 'yet') };
}

const entry = (
  name: string,
  paths: readonly string[] | null,
  open: string[] = [],
): TouchedEntry => ({
  name,
  worktree: absolute(`/somewhere/project-sessions/${name}`),
  goals: [`Goal of ${name}`, 'another'],
  paths,
  uncommitted: new Set(open),
});

test('what was written is read again, each path as it is', () => {
  const env = environment();
  const odd = ['a b', 'ä/ü.ts', 'new\nline', 'a"quote', 'dir/a'];
  writeTouched(env, to, [
    entry('auth', ['a', ...odd], ['a']),
    entry('unknown', null),
    { ...entry('empty', []), worktree: null, goals: [] },
    entry('last', ['z']),
  ]);
  const touched = readTouched(env, commonDir);
  const [auth, empty, last] = touched?.sessions ?? [];
  expect(touched?.sessions.map(({ name }) => name)).toEqual(['auth', 'empty', 'last']);
  expect(auth).toMatchObject({
    worktree: '/somewhere/project-sessions/auth',
    goal: 'Goal of auth',
    observedAt: '2026-11-22T14:02:00.000Z',
    cut: false,
  });
  expect(empty).toMatchObject({ worktree: null, goal: null, bytes: 0 });
  const said = (session: typeof auth, path: string): unknown =>
    session === undefined ? 'no session' : touched?.changed(session, path);
  expect(said(auth, 'a')).toBe('uncommitted');
  for (const path of odd) expect(said(auth, path)).toBe('committed');
  for (const path of ['', 'b', 'dir', 'z', 'a\0a b', 'ca', 'ua'])
    expect(said(auth, path)).toBeNull();
  expect(said(empty, 'a')).toBeNull();
  expect(said(last, 'z')).toBe('committed');
});

test('files and folder are for this user alone, and nothing half-written stays', () => {
  const env = environment();
  for (const name of ['one', 'two']) writeTouched(env, to, [entry(name, ['a'])]);
  const file = fileIn(env);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
  expect(readdirSync(dirname(file))).toEqual([file.slice(dirname(file).length + 1)]);
  expect(readTouched(env, commonDir)?.sessions.map(({ name }) => name)).toEqual(['two']);
});

test('of very many paths some are left out, and it is said so; all of it stays small', () => {
  const env = environment();
  const many = Array.from({ length: 30_000 }, (_, at) => `${'deep/'.repeat(60)}${at}.ts`);
  writeTouched(env, to, [
    entry('many', many, ['deep/'.repeat(60) + '29999.ts']),
    entry('more', many),
    { ...entry('few', ['a']), goals: ['x'.repeat(5_000)] },
  ]);
  const touched = readTouched(env, commonDir);
  const [first, , few] = touched?.sessions ?? [];
  expect(touched?.sessions.map(({ cut }) => cut)).toEqual([true, true, false]);
  // what is not committed is kept before what is
  expect(first === undefined ? '' : touched?.changed(first, many.at(-1) ?? '')).toBe('uncommitted');
  expect(few === undefined ? '' : touched?.changed(few, 'a')).toBe('committed');
  expect(few?.goal).toHaveLength(200);
  expect(statSync(fileIn(env)).size).toBeLessThan(mostTouchedBytes);
});

test('nothing is read from a file that is torn, longer, huge, garbage, of another version or repository, or behind a link', () => {
  const env = environment();
  const file = fileIn(env);
  const fresh = (): void => writeTouched(env, to, [entry('auth', ['a', 'b'])]);
  const harm: readonly (() => void)[] = [
    () => truncateSync(file, 0),
    () => truncateSync(file, statSync(file).size - 1),
    () => appendFileSync(file, '\0ca\0'),
    () => truncateSync(file, mostTouchedBytes + 1),
    () => writeFileSync(file, '\0\0\0'),
    () => writeFileSync(file, '[]\n'),
    () => writeFileSync(file, '{"schema":1,"sessions":[{"name":1}]}\n'),
    () => writeFileSync(file, readFileSync(file, 'utf8').replace('"schema":1', '"schema":2')),
    () => writeFileSync(file, readFileSync(file, 'utf8').replace('/somewhere/', '/elsewhere/')),
    () => writeFileSync(file, readFileSync(file, 'utf8').replace(/"bytes":\d+/u, '"bytes":-1')),
    () => {
      renameSync(file, `${file}.real`);
      symlinkSync(`${file}.real`, file);
    },
  ];
  expect(readTouched(env, commonDir)).toBeNull();
  for (const spoil of harm) {
    fresh();
    expect(readTouched(env, commonDir)).not.toBeNull();
    spoil();
    expect(readTouched(env, commonDir)).toBeNull();
  }
});

test('where it cannot be written nothing happens: behind a link, where a file is', () => {
  const env = environment();
  const folder = dirname(fileIn(env));
  const elsewhere = temporaryFolder('elsewhere-');
  mkdirSync(dirname(folder), { recursive: true });
  symlinkSync(elsewhere, folder);
  writeTouched(env, to, [entry('auth', ['a'])]);
  expect(readdirSync(elsewhere)).toEqual([]);
  const blocked = { XDG_CACHE_HOME: join(elsewhere, 'file') };
  writeFileSync(blocked.XDG_CACHE_HOME, '');
  writeTouched(blocked, to, [entry('auth', ['a'])]);
  expect(readTouched(blocked, commonDir)).toBeNull();
});

test('what nobody has looked at for a month goes; files of others stay', () => {
  const env = environment();
  const folder = dirname(fileIn(env));
  writeTouched(env, to, [entry('auth', ['a'])]);
  const old = ['0'.repeat(32) + '.paths', '1'.repeat(32) + '.paths.12-ab.tmp', 'notes.txt'];
  const long = new Date(observedAt.getTime() - 31 * 24 * 3_600_000);
  for (const name of old) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), long, long);
  }
  writeTouched(env, to, [entry('auth', ['a'])]);
  expect(readdirSync(folder)).toHaveLength(2);
  expect(readdirSync(folder)).toContain('notes.txt');
});
