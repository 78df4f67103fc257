/**
 * Taking over sessions that only the manifest knows (written by v0.15.8 or by hand): a token into
 * the private git dir, a record behind a ref. Branch, folder and files stay as they are. Under
 * the lock, and only for entries that are proven (`sessions/adoption.ts`).
 */
import { randomUUID } from 'node:crypto';
import { isoSeconds } from '../kernel/clock.ts';
import { mergeBases } from '../git/history.ts';
import { isOid } from '../git/oid.ts';
import { transact } from '../git/refs.ts';
import type { Held } from '../safety/held.ts';
import { writeToken } from '../safety/registration.ts';
import type { Adoptable } from '../sessions/adoption.ts';
import { readToken } from '../sessions/links.ts';
import { sessionKey, type SessionKey } from '../sessions/name.ts';
import { candidateRecord, defaultBase, type Observation } from '../sessions/observe.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import { recordChange } from '../sessions/registry.ts';
import type { OperationContext } from './context.ts';

interface Taker {
  readonly context: OperationContext;
  readonly project: Project;
  readonly held: Held;
}

/** Makes the entry with `key` a session. Nothing happens if it is none, or has both folder and branch gone. */
export async function takeOver(taker: Taker, facts: Observation, key: SessionKey): Promise<void> {
  const one = facts.adoptable.find((candidate) => sessionKey(candidate.name) === key);
  if (one !== undefined && holdsSomething(one)) await record(taker, facts, one);
}

/** All proven entries, except those that were dealt with already. */
export async function takeOverAll(
  taker: Taker,
  facts: Observation,
  done: ReadonlySet<string>,
): Promise<void> {
  for (const one of facts.adoptable) {
    if (!done.has(one.name) && holdsSomething(one)) await record(taker, facts, one);
  }
}

/** With folder, registration and branch gone there is nothing to be a session of. */
function holdsSomething(one: Adoptable): boolean {
  return one.branchExists || one.registered !== null;
}

async function record(taker: Taker, facts: Observation, one: Adoptable): Promise<void> {
  const { project, held, context } = taker;
  const base = defaultBase(project, facts.worktrees) ?? 'main';
  const tip = facts.registry.branches.get(one.branch) ?? null;
  const baseTip = [...facts.registry.branches].find(([name]) => name === base)?.[1] ?? null;
  const fork =
    tip === null || baseTip === null
      ? (baseTip ?? tip)
      : ((await mergeBases(held.git, project.commonDir, tip, baseTip))[0] ?? null);
  const made = candidateRecord(one, base, fork ?? baseTip ?? tip ?? '');
  if (!isOid(made.base.oid)) return;
  const adminId = one.registered?.adminId ?? null;
  const privateDir = adminId === null ? null : adminDir(project, adminId);
  const token = (privateDir === null ? null : await readToken(privateDir)) ?? randomUUID();
  if (privateDir !== null) await writeToken(privateDir, token);
  const startedAt = one.startedAt ?? isoSeconds(context.clock.now());
  const change = await recordChange(held.git, project.commonDir, sessionKey(one.name), null, {
    ...made,
    token,
    startedAt,
  });
  await transact(held.git, project.commonDir, [change], `flight-rules: take over ${one.name}`);
  context.warn({
    code: 'session-adopted',
    message: `Session ${one.name} was taken over from the manifest.`,
  });
}
