import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { layerOverrides } from './lint.ts';
import { imports, importsBlindly, strip } from './source.ts';
import {
  barrels,
  guarded,
  layers,
  markdownTable,
  maxLines,
  processStarter,
  terminal,
} from './table.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

type Source = { readonly path: string; readonly text: string };

function read(folder: string, ending: RegExp): Source[] {
  const base = join(root, folder);
  if (!existsSync(base)) return [];
  // Not `withFileTypes`: which folder an entry is in has another name before Node 20.12.
  return readdirSync(base, { recursive: true, encoding: 'utf8' })
    .filter((path) => ending.test(path))
    .map((path) => ({
      path: path.split(sep).join('/'),
      text: readFileSync(join(base, path), 'utf8'),
    }));
}

const sources = read('src', /\.ts$/);
const layerOf = (path: string): string | undefined =>
  path.includes('/') ? path.split('/')[0] : undefined;

/** Every import of one module of src by another: `to` is a path in src. */
const edges = sources.flatMap(({ path, text }) =>
  imports(text)
    .filter(({ from }) => from.startsWith('.'))
    .map(({ from, typeOnly }) => ({
      path,
      to: posix.join(posix.dirname(path), from),
      typeOnly,
    })),
);

/** The paths, with line numbers, of the code (not text, not comments) that matches. */
function uses(pattern: RegExp, among: readonly Source[] = sources): string[] {
  return among.flatMap(({ path, text }) =>
    strip(text)
      .bare.split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

describe('layers', () => {
  test('every folder of src is a layer', () => {
    const folders = new Set(sources.flatMap(({ path }) => layerOf(path) ?? []));
    const known = layers.map(({ name }) => name);
    expect([...folders].filter((name) => !known.includes(name))).toEqual([]);
  });

  test('a module imports only from its own layer and from those it may import', () => {
    const wrong = edges.filter(({ path, to, typeOnly }) => {
      const layer = layers.find(({ name }) => name === layerOf(path));
      const target = layerOf(to) ?? '';
      if (layer === undefined || target === layer.name || layer.may.includes(target)) return false;
      return !(typeOnly && layer.mayTypes.includes(target));
    });
    expect(wrong.map(({ path, to }) => `${path} -> ${to}`)).toEqual([]);
  });

  test('main.ts knows the faces and the kernel only', () => {
    const wrong = edges.filter(
      ({ path, to }) => path === 'main.ts' && !['faces', 'kernel'].includes(layerOf(to) ?? ''),
    );
    expect(wrong.map(({ to }) => to)).toEqual([]);
  });

  test.each(guarded)('$module is imported only where $why', ({ module, importers }) => {
    const allowed: readonly string[] = importers;
    const wrong = edges.filter(
      ({ path, to }) => to === `${module}.ts` && !allowed.includes(layerOf(path) ?? ''),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test(`only ${processStarter} starts processes`, () => {
    const wrong = sources
      .filter(({ text }) =>
        imports(text).some(({ from }) => /^(?:node:)?child_process$/.test(from)),
      )
      .map(({ path }) => path);
    expect(wrong.filter((path) => path !== processStarter)).toEqual([]);
  });

  test('no module is imported by an expression, which nobody could check', () => {
    expect(sources.filter(({ text }) => importsBlindly(text)).map(({ path }) => path)).toEqual([]);
  });

  test('relative imports name the file with its ending', () => {
    expect(edges.filter(({ to }) => !/\.(?:ts|json)$/.test(to))).toEqual([]);
  });

  test('the lint overrides say the same', () => {
    const config: unknown = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8'));
    const expected = layerOverrides();
    const overrides =
      typeof config === 'object' && config !== null && 'overrides' in config
        ? config.overrides
        : undefined;
    expect(Array.isArray(overrides) ? overrides.slice(0, expected.length) : overrides).toEqual(
      expected,
    );
  });

  test('docs/ARCHITECTURE.md prints the same table', () => {
    const page = readFileSync(join(root, 'docs', 'ARCHITECTURE.md'), 'utf8');
    const printed = /<!-- layers:begin -->([\s\S]*?)<!-- layers:end -->/.exec(page)?.[1] ?? '';
    // Compared by cells, because the formatter pads columns.
    const cells = (table: string): string[][] =>
      table
        .trim()
        .split('\n')
        .filter((line) => !/^[|\s:-]+$/.test(line))
        .map((line) => line.split('|').map((cell) => cell.trim()));
    expect(cells(printed)).toEqual(cells(markdownTable()));
  });
});

describe('the terminal', () => {
  const below = sources.filter(({ path }) => path !== 'main.ts' && layerOf(path) !== 'faces');

  test('only the faces and main.ts touch it', () => {
    const members = terminal.join('|');
    expect(uses(new RegExp(`\\bprocess\\s*\\??\\.\\s*(?:${members})\\b`), below)).toEqual([]);
    const named = new RegExp(`import[^;]*\\b(?:${members})\\b[^;]*from\\s*['"](?:node:)?process`);
    expect(below.filter(({ text }) => named.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('nobody uses console, which would break MCP over stdio', () => {
    expect(uses(/\bconsole\s*\./)).toEqual([]);
  });
});

describe('files', () => {
  const scripts = read('scripts', /\.mjs$/);
  const tests = read('test', /\.ts$/);

  test(`none is longer than ${maxLines} lines`, () => {
    const long = [...sources, ...scripts, ...tests].filter(
      ({ text }) => text.split('\n').length - 1 > maxLines,
    );
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test('no folder or file is a drawer for everything', () => {
    const drawers = /(?:^|\/)(?:utils?|helpers?|common|misc)(?:\/|\.ts$)/;
    expect(sources.filter(({ path }) => drawers.test(path)).map(({ path }) => path)).toEqual([]);
  });

  test('there is no barrel but the table of operations', () => {
    const wrong = sources.filter(
      ({ path, text }) =>
        !barrels.includes(path) &&
        (path.endsWith('/index.ts') || /\bexport\s*\*\s*from\b/.test(strip(text).bare)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('no test replaces a module: real git, real files', () => {
    expect(uses(/\bvi\s*\.\s*(?:mock|doMock|hoisted)\b/, tests)).toEqual([]);
  });
});
