/**
 * What is recorded about a session: what git cannot know. One JSON blob per session behind
 * `refs/flight-rules/sessions/<key>`; unknown fields survive every rewrite.
 *
 * The record also carries the *intent* of the operation that is changing the session right now:
 * one truth, changed by compare-and-swap, no second journal beside it. A record with an intent
 * whose owner is dead is what recovery finishes or rolls back.
 */
import type { BranchName } from '../git/oid.ts';
import { trusted } from '../kernel/brand.ts';
import { plainRecord } from './plain-record.ts';
import { judgeRecord, type SessionRecord } from './record-schema.ts';

export type { Intent, SessionRecord } from './record-schema.ts';

/** A record as read: what is broken or too new is an `unknown` of its own, not a failure for all. */
export type ReadRecord =
  | { readonly kind: 'record'; readonly record: SessionRecord }
  | { readonly kind: 'broken'; readonly why: string };

/** Reads the bytes of a record's blob. Never throws. */
export function parseRecord(bytes: Buffer | null): ReadRecord {
  if (bytes === null) return { kind: 'broken', why: 'its object is missing' };
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { kind: 'broken', why: 'it is no JSON' };
  }
  const plain = plainRecord(json);
  if (plain !== null) return { kind: 'record', record: plain };
  const judged = judgeRecord(json);
  if (typeof judged !== 'string') return { kind: 'record', record: judged };
  const schema: unknown =
    typeof json === 'object' && json !== null ? Reflect.get(json, 'schema') : null;
  if (typeof schema === 'number' && schema > 1) {
    return { kind: 'broken', why: `it is of version ${schema}, written by a newer flight-rules` };
  }
  return { kind: 'broken', why: judged };
}

/** The session's branch, as it was checked when the record was made. */
export function branchOfRecord(record: SessionRecord): BranchName {
  return trusted(record.branch);
}

export function formatRecord(record: SessionRecord): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}
