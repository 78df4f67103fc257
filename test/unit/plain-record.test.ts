// What is read without the schema is read as the schema would read it: whatever is broken in any
// one place is left to the schema, and what is taken is taken as it is.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainRecord, plainTrashEntry } from '../../src/sessions/plain-record.ts';
import { SessionRecordSchema } from '../../src/sessions/record-schema.ts';
import { TrashEntrySchema } from '../../src/sessions/trash-entry-schema.ts';

const record = {
  schema: 1,
  home: '00e53cf0-fb5a-44d0-b2fa-bff5355e49dd',
  name: 'Auth.x',
  branch: 'session/Auth.x',
  worktree: '/p-sessions/Auth.x',
  adminId: 'Auth.x1',
  token: 't',
  state: 'active',
  base: { name: 'main', oid: '77b5bb1514d6f80ccd6025a07940b5667a7889cb' },
  goals: ['one', ''],
  startedAt: '2026-11-22T20:46:25Z',
  agent: 'claude',
  log: 'docs/log.md',
  copied: ['.env'],
  carried: [],
  trash: 'Auth.x~1',
};

const entry = {
  schema: 1,
  id: 'Auth.x~1',
  name: 'Auth.x',
  removedAt: '2026-11-22T20:46:25Z',
  strategy: 'keep',
  branch: 'session/Auth.x',
  branchTip: null,
  head: 'refs/heads/session/Auth.x',
  headOid: '77b5bb1514d6f80ccd6025a07940b5667a7889cb',
  record,
  worktree: { path: '/p-sessions/.trash/Auth.x-1', from: '/p-sessions/Auth.x' },
  privateDir: { path: '/p/.git/flight-rules/trash/Auth.x-1', adminId: 'Auth.x1' },
};

type Path = readonly string[];

function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([key, one]) => paths(one, [...at, key]));
  return at.length === 0 ? inner : [at, ...inner];
}

/** A copy of `value` with `change` done to what stands at `path`; `undefined` takes it out. */
function changed(value: unknown, [first, ...rest]: Path, change: unknown): unknown {
  if (first === undefined) return change;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.map((one, at) => (String(at) === first ? change : one));
  }
  const copy: Record<string, unknown> = typeof value === 'object' ? { ...value } : {};
  const inner = changed(copy[first], rest, change);
  if (inner === undefined) delete copy[first];
  else copy[first] = inner;
  return copy;
}

const doors = [
  { what: 'a record', good: record, plain: plainRecord, schema: SessionRecordSchema },
  { what: 'a trash entry', good: entry, plain: plainTrashEntry, schema: TrashEntrySchema },
] as const;

describe.each(doors)('$what', ({ good, plain, schema }) => {
  test('of the usual shape is taken as it is', () => {
    expect(plain(good)).toBe(good);
    expect(schema.safeParse(good).data).toEqual(good);
  });

  test('changed anywhere is taken only if the schema takes it, and as the schema does', () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(undefined, null, '', '.', '..', 'a/b', 'a b', '/x\0y', '/x', 'main', 1, 2),
      fc.constantFrom('active', 'kept', 'ended', 'rollback', '0'.repeat(40), 'con', 'x.lock', {}),
    );
    const places = [...paths(good), ['added'], ['base', 'added'], ['record', 'intent'], ['intent']];
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, (path, value) => {
        const json: unknown = changed(good, path, value);
        const taken = plain(json);
        if (taken === null) return;
        const judged = schema.safeParse(json);
        expect(judged.success).toBe(true);
        expect(taken).toEqual(judged.data);
      }),
      { numRuns: 3_000 },
    );
  });

  test.each([null, 1, 'x', [], {}])('%j is none', (json) => {
    expect(plain(json)).toBeNull();
  });
});

test('what the schema knows and is seldom there is left to it', () => {
  const carried = [{ path: 'a', oid: null, mode: '100644' }];
  const pullRequest = { url: 'https://x', number: 1 };
  for (const more of [{ carried }, { pullRequest }, { later: 1 }, { adminId: null }]) {
    const json = { ...record, ...more };
    expect(plainRecord(json)).toBeNull();
    expect(SessionRecordSchema.safeParse(json).success).toBe(true);
  }
});
