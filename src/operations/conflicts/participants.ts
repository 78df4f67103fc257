/**
 * Which sessions can clash, and as what they are looked at. Pure.
 *
 * Whoever has a branch takes part: with a worktree together with what is not committed there;
 * orphaned or in review by commits alone. Kept ones are put aside for later and take part only if
 * they are named. Where a worktree cannot be looked at nothing is known of what is in it.
 */
import { trusted } from '../../kernel/brand.ts';
import { absolute } from '../../kernel/path.ts';
import type { BranchName } from '../../git/oid.ts';
import type { Status } from '../../git/status.ts';
import type { Participant } from '../../integration/clash/model.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { SessionKey } from '../../sessions/name.ts';
import { adminDir, type Project } from '../../sessions/project.ts';

/** A session, and what `git status` says in its worktree: `null` if it has none, or is unknown. */
export interface WithStatus {
  readonly facts: SessionFacts;
  readonly status: Status | null;
}

/** @param named sessions that the caller has named */
export function takesPart(facts: SessionFacts, named: ReadonlySet<SessionKey>): boolean {
  const { record, branchTip, key } = facts;
  if (record === null || branchTip === null || record.intent?.kind === 'creating') return false;
  return record.state !== 'kept' || named.has(key);
}

/** The oldest first: it is the first to land where nothing else decides. */
export function oldestFirst<T extends WithStatus>(sessions: readonly T[]): T[] {
  const startedAt = ({ facts }: T): string => facts.record?.startedAt ?? '';
  return sessions.toSorted((a, b) => {
    const [one, other] = [startedAt(a), startedAt(b)];
    if (one !== other) return one < other ? -1 : 1;
    return a.facts.key < b.facts.key ? -1 : 1;
  });
}

/** @returns `null` for one that does not take part */
export function participant(project: Project, { facts, status }: WithStatus): Participant | null {
  const { key, name, branch, branchTip, baseTip, record, place } = facts;
  if (record === null || branchTip === null) return null;
  const seen = { key, name, branch, tip: branchTip };
  const base = { name: trusted<BranchName>(record.base.name), tip: baseTip };
  switch (place.kind) {
    case 'present':
      return { ...seen, base, worktree: place, status };
    case 'put-away':
    case 'gone':
      return { ...seen, base, worktree: null, status: null };
    case 'moved':
    case 'not-ours':
    case 'unknown': {
      const privateDir = adminDir(project, record.adminId ?? key);
      const worktree = { path: absolute(record.worktree), privateDir };
      return { ...seen, base, worktree, status: null };
    }
  }
}

/** What a session has that its base lacks, and what its base has moved on by: as far as known. */
export interface Standing {
  readonly work: 'none' | 'some';
  readonly base: 'where it was' | 'moved';
}

/**
 * What the statuses tell already: one without any work of its own clashes with nobody, whatever
 * its base has got since.
 */
export function standing({ facts, status }: WithStatus): Standing {
  const { branch, branchTip, baseTip, record, place } = facts;
  const level = branchTip !== null && branchTip === baseTip;
  const compared = status?.upstream === record?.base.name && status?.branch === branch;
  const ahead = level ? 0 : compared ? (status?.ahead ?? null) : null;
  const behind = level ? 0 : compared ? (status?.behind ?? null) : null;
  const files = place.kind === 'put-away' || place.kind === 'gone' ? 0 : status?.entries.length;
  return {
    work: ahead === 0 && files === 0 ? 'none' : 'some',
    base: behind === 0 ? 'where it was' : 'moved',
  };
}
