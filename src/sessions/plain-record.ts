/**
 * Reads records and trash entries of the shape nearly all have, at a hundredth of what it takes to
 * build a schema and to ask it. At least as strict as the schemas: whatever is in any way unusual
 * (an intent, a pull request, a failed landing, something carried, a field we do not know) is `null` here, and the
 * schema judges it. A test holds both together.
 */
import { isAbsolute } from 'node:path';
import { isOid, parseBranchName } from '../git/oid.ts';
import { asSessionName } from './name.ts';
import type { SessionRecord } from './record-schema.ts';
import type { TrashEntry } from './trash-entry-schema.ts';

type Check = (value: unknown) => boolean;
type Shape<T> = Readonly<Record<keyof T, Check>>;

const text: Check = (value) => typeof value === 'string';
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const none: Check = (value) => value === undefined;
const empty: Check = (value) => Array.isArray(value) && value.length === 0;
const name: Check = (value) => typeof value === 'string' && asSessionName(value) !== null;
const branch: Check = (value) => typeof value === 'string' && parseBranchName(value) !== null;
const path: Check = (value) =>
  typeof value === 'string' && isAbsolute(value) && !value.includes('\0');
const adminId: Check = (value) =>
  typeof value === 'string' && !['', '.', '..'].includes(value) && !/[/\\\0]/u.test(value);
const one: Check = (value) => value === 1;

const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const nullable =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
/** All of `shape` and nothing else. */
const exactly =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys(value).every((key) => Object.hasOwn(shape, key)) &&
    Object.entries(shape).every(([key, check]) => check(Reflect.get(value, key)));

const record = exactly({
  schema: one,
  home: optional(text),
  name,
  branch,
  worktree: path,
  adminId,
  token: text,
  state: oneOf('active', 'in-review', 'kept'),
  base: exactly({ name: branch, oid: isOid }),
  goals: texts,
  startedAt: text,
  agent: optional(text),
  log: optional(text),
  copied: texts,
  carried: empty,
  trash: optional(text),
  pullRequest: none,
  sentBack: none,
  syncing: none,
  intent: none,
} satisfies Shape<KnownKeys<SessionRecord>>);

const trashEntry = exactly({
  schema: one,
  id: text,
  name,
  removedAt: text,
  strategy: oneOf('pr', 'merge', 'keep', 'abandon', 'cleanup', 'rollback', 'sync'),
  branch,
  branchTip: nullable(text),
  head: nullable(text),
  headOid: optional(nullable(text)),
  record,
  worktree: nullable(exactly({ path, from: path })),
  privateDir: nullable(exactly({ path, adminId })),
} satisfies Shape<KnownKeys<TrashEntry>>);

/** The keys that are written down, without "and any other". */
type KnownKeys<T> = { [K in keyof T as string extends K ? never : K]: T[K] };

/** Pure. `null`: ask the schema. */
export function plainRecord(json: unknown): SessionRecord | null {
  return isRecord(json) ? json : null;
}

/** Pure. `null`: ask the schema. */
export function plainTrashEntry(json: unknown): TrashEntry | null {
  return isTrashEntry(json) ? json : null;
}

function isRecord(json: unknown): json is SessionRecord {
  return record(json);
}

function isTrashEntry(json: unknown): json is TrashEntry {
  return trashEntry(json);
}
