import { expect, test } from 'vitest';
import { imports, importsBlindly, strip } from './source.ts';

test('every form of import is seen, with what it names', () => {
  const source = `
    import fs from 'node:fs';
    import type { A } from './a.ts';
    import { type B, c } from "./b.ts";
    import * as d from './d.ts';
    import './e.ts';
    export { f } from './f.ts';
    export type { G } from './g.ts';
    export * from './h.ts';
    import {
      i,
      j,
    } from './i.ts';
    const k = await import('./k.ts');
    type L = import('./l.ts').L;
  `;
  expect(imports(source)).toEqual([
    { from: 'node:fs', typeOnly: false },
    { from: './a.ts', typeOnly: true },
    { from: './b.ts', typeOnly: false },
    { from: './d.ts', typeOnly: false },
    { from: './e.ts', typeOnly: false },
    { from: './f.ts', typeOnly: false },
    { from: './g.ts', typeOnly: true },
    { from: './h.ts', typeOnly: false },
    { from: './i.ts', typeOnly: false },
    { from: './k.ts', typeOnly: false },
    { from: './l.ts', typeOnly: false },
  ]);
});

test('comments, strings, templates and regular expressions hide nothing and add nothing', () => {
  const source = [
    "// import 'comment'",
    "/* import 'block' */ const glob = '**/*.ts';",
    'const quote = /[\'"`]/; const half = 4 / 2;',
    'const text = "import x from \'string\'";',
    "const nested = `a ${call({ b: `c` })} import 'template' ${await import('./real.ts')} `;",
    "import { z } from './last.ts';",
  ].join('\n');
  expect(
    imports(source)
      .map(({ from }) => from)
      .toSorted(),
  ).toEqual(['./last.ts', './real.ts']);
});

test('a blanked source keeps its line numbers', () => {
  const { bare, code } = strip("a /* x\ny */ b\n`t\n${c}` 'console.log'");
  expect(code.split('\n')).toHaveLength(4);
  expect(bare.split('\n')).toHaveLength(4);
  expect(bare).not.toContain('console');
});

test('an import of an expression is noticed', () => {
  expect(importsBlindly('await import(name)')).toBe(true);
  expect(importsBlindly("await import('./a.ts')")).toBe(false);
});
