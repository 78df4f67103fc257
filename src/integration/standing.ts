/**
 * Where base, session and record are when a landing begins, and again when what was built outside
 * of the lock is to be moved to.
 */
import type { Git } from '../git/git.ts';
import { branchRef, type BranchName, type Oid, type RefName } from '../git/oid.ts';
import { listRefs } from '../git/refs.ts';
import type { Worktree } from '../git/worktrees.ts';
import { FlightError } from '../kernel/errors.ts';
import type { SessionKey } from '../sessions/name.ts';
import type { Project } from '../sessions/project.ts';
import { sessionRef, type Registry } from '../sessions/registry.ts';
import { readRecordAt, type RecordAt } from './intent.ts';

/** What the caller has observed under this very lock; the move verifies all of it once more. */
export interface SeenBefore {
  readonly registry: Registry;
  readonly worktrees: readonly Worktree[];
}

interface Asked {
  readonly key: SessionKey;
  readonly name: string;
  readonly branch: BranchName;
  readonly sessionTip: Oid;
  readonly base: BranchName;
}

/**
 * Base and record as they are; the session where it was agreed on. One process: `for-each-ref`
 * (none, if the caller has seen the registry).
 * @throws FlightError `base-gone`, `plan-changed`
 */
export async function standing(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  input: Asked,
  seen: SeenBefore | null,
): Promise<{ readonly baseTip: Oid; readonly record: RecordAt }> {
  const refs = [branchRef(input.base), branchRef(input.branch), sessionRef(input.key)] as const;
  const values = seen === null ? await valuesOf(git, project, refs) : seenValues(seen, input);
  const [baseTip, tip, stored] = values;
  if (baseTip === null) throw new FlightError('base-gone', { name: input.name, base: input.base });
  const changed = (what: string): FlightError =>
    new FlightError('plan-changed', { name: input.name, what });
  if (tip !== input.sessionTip) throw changed(`${input.branch} has moved`);
  const record = stored === null ? null : await readRecordAt(git, project, stored);
  if (record === null) throw changed('its record is gone');
  return { baseTip, record };
}

type Values = readonly [base: Oid | null, session: Oid | null, record: Oid | null];

async function valuesOf(
  git: Git,
  project: Pick<Project, 'commonDir'>,
  refs: readonly [RefName, RefName, RefName],
): Promise<Values> {
  const found = new Map(
    (await listRefs(git, project.commonDir, refs)).map((ref) => [ref.name, ref.oid]),
  );
  const [base, session, record] = refs;
  return [found.get(base) ?? null, found.get(session) ?? null, found.get(record) ?? null];
}

function seenValues({ registry }: SeenBefore, input: Asked): Values {
  const { branches, sessions } = registry;
  const record = sessions.get(input.key)?.oid ?? null;
  return [branches.get(input.base) ?? null, branches.get(input.branch) ?? null, record];
}
