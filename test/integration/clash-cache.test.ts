// Verdicts on disk: whatever is wrong with the file or its place, it is an empty cache.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  lstatSync,
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
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { absolute, type AbsolutePath } from '../../src/kernel/path.ts';
import { openCache, type SavedCache } from '../../src/integration/clash/cache-file.ts';
import { cacheFile, type CachePlace } from '../../src/integration/clash/cache-place.ts';
import type { Judgement } from '../../src/integration/clash/model.ts';
import { bundleForTest } from '../support/bundle.ts';
import { temporaryFolder } from '../support/repo.ts';

const hour = 3_600_000;
const start = new Date('2026-11-22T15:00:00Z').getTime();
const clash: Judgement = {
  verdict: 'clash',
  paths: [
    { path: 'src/ü\n"x".ts', kind: 'content' },
    { path: 'b', kind: 'both changed' },
  ],
};

function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface Ground {
  readonly folder: AbsolutePath;
  readonly place: CachePlace;
  readonly file: string;
  /** @param later hours after the beginning */
  readonly open: (later?: number) => SavedCache;
}

function ground(): Ground {
  const folder = temporaryFolder('cache-');
  const place: CachePlace = {
    commonDir: absolute('/somewhere/project/.git'),
    avoid: [],
    env: { XDG_CACHE_HOME: join(folder, 'cache') },
  };
  const open = (later = 0): SavedCache =>
    openCache(place, { now: () => new Date(start + later * hour) });
  return { folder, place, file: cacheFile(place) ?? '', open };
}

async function saved(): Promise<Ground> {
  const here = ground();
  const cache = here.open();
  cache.setVerdict(keyOf('one'), clash);
  await cache.save();
  expect(here.open().verdict(keyOf('one'))).toEqual(clash);
  return here;
}

describe('what was saved', () => {
  test('comes back, byte for byte', async () => {
    const { open, file } = ground();
    const cache = open();
    expect(cache.verdict(keyOf('one'))).toBeUndefined();
    const tip = keyOf('tip').slice(0, 40);
    cache.setVerdict(keyOf('one'), clash);
    cache.setVerdict(keyOf('two'), { verdict: 'clear', paths: [] });
    cache.setVerdict(keyOf('three'), { verdict: 'touching', paths: [{ path: ' ', kind: 'x y' }] });
    cache.setSnapshot(keyOf('one'), { tip, touched: ['ä', 'b c', 'd\te'] });
    cache.setSnapshot(keyOf('two'), { tip });
    expect(cache.verdict(keyOf('one'))).toEqual(clash);
    await cache.save();
    const again = open();
    expect(again.verdict(keyOf('one'))).toEqual(clash);
    expect(again.verdict(keyOf('two'))).toEqual({ verdict: 'clear', paths: [] });
    expect(again.verdict(keyOf('three'))?.paths).toEqual([{ path: ' ', kind: 'x y' }]);
    expect(again.snapshot(keyOf('one'))).toEqual({ tip, touched: ['ä', 'b c', 'd\te'] });
    expect(again.snapshot(keyOf('two'))).toEqual({ tip });
    expect(again.verdict(keyOf('four'))).toBeUndefined();
    expect(statSync(file).mode % 0o1000).toBe(0o600);
    expect(statSync(dirname(file)).mode % 0o1000).toBe(0o700);
  });

  test('what could not be found out is not remembered', async () => {
    const { open } = ground();
    const cache = open();
    cache.setVerdict(keyOf('one'), { verdict: 'unknown', paths: [], why: 'because' });
    await cache.save();
    expect(open().verdict(keyOf('one'))).toBeUndefined();
  });

  test('nothing is written while nothing is new', async () => {
    const { open, file } = await saved();
    utimesSync(file, 1, 1);
    const cache = open(23);
    cache.verdict(keyOf('one'));
    await cache.save();
    expect(statSync(file).mtimeMs).toBe(1000);
    // used a day later it is marked, so that it stays
    const later = open(24);
    later.verdict(keyOf('one'));
    await later.save();
    expect(statSync(file).mtimeMs).toBeGreaterThan(1000);
    expect(readFileSync(file, 'utf8')).toContain(` ${(start / hour + 24).toString(36)} clash`);
  });

  test('those used longest ago go, and bytes are bounded', async () => {
    const { open, file } = ground();
    const fill = async (later: number, many: number, value: Judgement): Promise<void> => {
      const cache = open(later);
      cache.verdict(keyOf('often used'));
      for (let n = 0; n < many; n += 1) cache.setVerdict(keyOf(`${later} ${n}`), value);
      await cache.save();
    };
    const first = open();
    first.setVerdict(keyOf('often used'), clash);
    first.setVerdict(keyOf('once used'), clash);
    await first.save();
    await fill(48, 20_000, { verdict: 'clear', paths: [] });
    expect(open().verdict(keyOf('once used'))).toEqual(clash);
    await fill(96, 6_000, { verdict: 'clear', paths: [] });
    expect(open().verdict(keyOf('once used'))).toBeUndefined();
    expect(open().verdict(keyOf('often used'))).toEqual(clash);
    expect(open().verdict(keyOf('96 5999'))).toEqual({ verdict: 'clear', paths: [] });
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(24_000);
    const many = Array.from({ length: 1500 }, (_, n) => ({ path: `${n}/`.repeat(10), kind: 'x' }));
    await fill(144, 100, { verdict: 'clash', paths: many });
    await fill(192, 100, { verdict: 'clash', paths: many });
    expect(statSync(file).size).toBeLessThan(6 * 1024 * 1024);
    expect(open().verdict(keyOf('192 99'))?.paths).toHaveLength(1500);
  });

  test('one entry that is too large is not kept', async () => {
    const { open } = ground();
    const cache = open();
    const paths = Array.from({ length: 10_000 }, (_, n) => ({
      path: `folder/${n}`,
      kind: 'content',
    }));
    cache.setVerdict(keyOf('one'), { verdict: 'clash', paths });
    const tip = keyOf('tip');
    cache.setSnapshot(keyOf('one'), { tip, touched: paths.map(({ path }) => path) });
    await cache.save();
    expect(open().verdict(keyOf('one'))).toBeUndefined();
    expect(open().snapshot(keyOf('one'))).toEqual({ tip });
  });
});

describe('an empty cache', () => {
  const broken: Readonly<Record<string, (file: string) => void>> = {
    'cut off': (file) => truncateSync(file, statSync(file).size - 3),
    'cut off to nothing': (file) => truncateSync(file, 0),
    'of another version': (file) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('clashes 1', 'clashes 2')),
    'of another project': (file) =>
      writeFileSync(file, readFileSync(file, 'utf8').replace('somewhere', 'elsewhere')),
    'written over with zeroes': (file) => {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0, 70, bytes.length - 6));
    },
    huge: (file) => appendFileSync(file, Buffer.alloc(7 * 1024 * 1024, 'x')),
    'with what nobody has said': (file) =>
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/clash \[.*\n/u, 'clash {"path":7}\n'),
      ),
  };
  for (const [what, breakIt] of Object.entries(broken)) {
    test(`is one that is ${what}, and the next one is sound again`, async () => {
      const { open, file } = await saved();
      breakIt(file);
      const cache = open();
      expect(cache.verdict(keyOf('one'))).toBeUndefined();
      cache.setVerdict(keyOf('one'), clash);
      await cache.save();
      expect(open().verdict(keyOf('one'))).toEqual(clash);
      expect(statSync(file).size).toBeLessThan(1000);
    });
  }

  test('is a link: neither read nor written through', async () => {
    const { open, file, folder } = await saved();
    const elsewhere = join(folder, 'elsewhere');
    renameSync(file, elsewhere);
    symlinkSync(elsewhere, file);
    const before = readFileSync(elsewhere, 'utf8');
    const cache = open();
    expect(cache.verdict(keyOf('one'))).toBeUndefined();
    cache.setVerdict(keyOf('two'), clash);
    await cache.save();
    expect(readFileSync(elsewhere, 'utf8')).toBe(before);
    expect(lstatSync(file).isSymbolicLink()).toBe(false);
    expect(open().verdict(keyOf('two'))).toEqual(clash);
  });

  test('is a folder that is a link', async () => {
    const { open, file, folder } = await saved();
    const elsewhere = join(folder, 'elsewhere');
    renameSync(dirname(file), elsewhere);
    symlinkSync(elsewhere, dirname(file));
    const cache = open();
    expect(cache.verdict(keyOf('one'))).toBeUndefined();
    cache.setVerdict(keyOf('two'), clash);
    const before = readdirSync(elsewhere);
    await cache.save();
    expect(readdirSync(elsewhere)).toEqual(before);
  });

  test('is one that cannot be read or replaced', async () => {
    const { open, file } = ground();
    mkdirSync(join(file, 'a folder'), { recursive: true });
    const cache = open();
    expect(cache.verdict(keyOf('one'))).toBeUndefined();
    cache.setVerdict(keyOf('one'), clash);
    expect(cache.verdict(keyOf('one'))).toEqual(clash);
    await expect(cache.save()).resolves.toBeUndefined();
    expect(readdirSync(dirname(file))).toHaveLength(1);
  });

  test('is a place where there can be no folder', async () => {
    const { folder, open } = ground();
    writeFileSync(join(folder, 'cache'), 'a file\n');
    const cache = open();
    cache.setVerdict(keyOf('one'), clash);
    await expect(cache.save()).resolves.toBeUndefined();
    expect(cache.verdict(keyOf('one'))).toBeUndefined();
    expect(readFileSync(join(folder, 'cache'), 'utf8')).toBe('a file\n');
  });

  test('is a place inside the project, where looking writes nothing', async () => {
    const { folder, place } = ground();
    const inside = { ...place, avoid: [folder] };
    const cache = openCache(inside, { now: () => new Date(start) });
    cache.setVerdict(keyOf('one'), clash);
    await cache.save();
    expect(cacheFile(inside)).toBeNull();
    expect(existsSync(join(folder, 'cache'))).toBe(false);
  });
});

test('of many processes that save at once each file is whole, and nearly all is kept', async () => {
  const { folder, place, open, file } = ground();
  const script = await bundleForTest(
    fileURLToPath(new URL('clash-cache-child.ts', import.meta.url)),
  );
  const rounds = 40;
  const children = ['a', 'b', 'c'].map((who) =>
    spawn(process.execPath, [script, place.commonDir, who, String(rounds)], {
      env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  const ended = children.map((child) => once(child, 'exit'));
  for (const child of children) child.stdin.end('go\n');
  expect((await Promise.all(ended)).map(([code]: unknown[]) => code)).toEqual([0, 0, 0]);
  // what was saved last is there, whoever was first; a line is there as a whole or not at all
  expect(readFileSync(file, 'utf8')).toMatch(/\nend \d+\n$/u);
  const cache = open();
  const found = ['a', 'b', 'c'].flatMap((who) =>
    Array.from({ length: rounds }, (_, n) => cache.verdict(keyOf(`${who} ${n}`)) ?? null),
  );
  const kept = found.filter((one) => one !== null);
  expect(kept.length).toBeGreaterThan(rounds);
  for (const one of kept)
    expect(one).toMatchObject({ verdict: 'clash', paths: [{ kind: 'content' }] });
  expect(readdirSync(dirname(file))).toEqual([file.slice(dirname(file).length + 1)]);
});

test('files of killed processes and of forgotten projects go when a project is new there', async () => {
  const { open, file } = ground();
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const old = [`.${'0'.repeat(16)}.tmp`, 'a'.repeat(64), 'notes.txt'].map((name) =>
    join(folder, name),
  );
  const young = [`.${'1'.repeat(16)}.tmp`, 'b'.repeat(64)].map((name) => join(folder, name));
  for (const path of [...old, ...young]) writeFileSync(path, 'x');
  for (const path of old) utimesSync(path, 1, 1);
  for (const path of young) utimesSync(path, start / 1000 - 60, start / 1000 - 60);
  const cache = open();
  cache.setVerdict(keyOf('one'), clash);
  await cache.save();
  const left = [...young, file, join(folder, 'notes.txt')];
  expect(readdirSync(folder).toSorted()).toEqual(
    left.map((path) => path.slice(folder.length + 1)).toSorted(),
  );
});

describe('the place', () => {
  const at = (env: Record<string, string>, platform: NodeJS.Platform): string | null =>
    cacheFile({ commonDir: absolute('/p/.git'), avoid: [], env, platform });
  const name = keyOf('/p/.git');

  test('is where the system keeps caches', () => {
    expect(at({ HOME: '/home/me' }, 'linux')).toBe(`/home/me/.cache/flight-rules/clashes/${name}`);
    expect(at({ HOME: '/Users/me' }, 'darwin')).toBe(
      `/Users/me/Library/Caches/flight-rules/clashes/${name}`,
    );
    expect(at({ HOME: '/home/me', XDG_CACHE_HOME: '/c' }, 'linux')).toMatch(/^\/c\/flight-rules/u);
    expect(at({ HOME: '/home/me', XDG_CACHE_HOME: 'c' }, 'linux')).toMatch(/^\/home\/me\/\.cache/u);
    expect(at({ LOCALAPPDATA: '/l' }, 'win32')).toMatch(/^\/l\/flight-rules/u);
    expect(at({}, 'win32')).toBeNull();
  });
});
