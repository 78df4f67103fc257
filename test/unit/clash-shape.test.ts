// When two lists of changed paths prove that nothing can clash.
import { expect, it } from 'vitest';
import type { Change, Side } from '../../src/git/diff.ts';
import { oid } from '../../src/git/oid.ts';
import {
  commonPaths,
  provablyApart,
  shapeOf,
  type Shape,
} from '../../src/integration/clash/shape.ts';

const blob: Side = { mode: '100644', oid: oid('1'.repeat(40)) };

/** `+path` added, `-path` deleted, `path` edited. */
function changed(...words: readonly string[]): Shape {
  const changes = words.map((word): Change => {
    const path = word.replace(/^[+-]/u, '');
    const other: Side = { ...blob, oid: oid('2'.repeat(40)) };
    return {
      path,
      before: word.startsWith('+') ? null : blob,
      after: word.startsWith('-') ? null : other,
    };
  });
  return shapeOf(changes, []);
}

it.each([
  { a: ['a/x'], b: ['a/y'], apart: true },
  { a: ['a/x'], b: ['a/x'], apart: false },
  { a: ['+a'], b: ['a/y'], apart: false },
  { a: ['a/b/c/d'], b: ['-a/b'], apart: false },
  { a: ['-a/x', '+b/x'], b: ['+a/new'], apart: false },
  { a: ['-a/deep/x', '+b/x'], b: ['+a/new'], apart: false },
  { a: ['-a/deep/x', '+b/x'], b: ['+a/deep/er/new'], apart: false },
  { a: ['-a/x', '+b/x'], b: ['a/y'], apart: true },
  { a: ['-a/x', '+b/x'], b: ['+c/new'], apart: true },
  { a: ['-a/x'], b: ['+a/new'], apart: true },
  // the root is never renamed
  { a: ['-x', '+b/x'], b: ['+new'], apart: true },
])('$a and $b: $apart', ({ a, b, apart }) => {
  expect(provablyApart(changed(...a), changed(...b))).toBe(apart);
  expect(provablyApart(changed(...b), changed(...a))).toBe(apart);
});

it('lays uncommitted edits over what is committed', () => {
  const side = `${blob.mode} ${blob.oid}`;
  const committed = ['+added', 'edited', '-gone'].flatMap((word) => [
    ...changed(word).changes.entries(),
  ]);
  const changes = committed.map(([path]): Change => ({
    path,
    before: path === 'added' ? null : blob,
    after: path === 'gone' ? null : { ...blob, oid: oid('2'.repeat(40)) },
  }));
  const shape = shapeOf(changes, [
    { path: 'added', before: side, after: null },
    { path: 'gone', before: null, after: side },
    { path: 'edited', before: side, after: 'different' },
    { path: 'fresh', before: null, after: 'different' },
  ]);
  expect([...shape.changes.keys()]).toEqual(['edited', 'fresh']);
  expect(shape.isDoubtful).toBe(true);
  expect(commonPaths(shape, changed('fresh', 'other', 'edited'))).toEqual(['edited', 'fresh']);
});
