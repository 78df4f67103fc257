/** One session in full: tips, paths, commits, what was copied. */
import { isOid, oid } from '../../git/oid.ts';
import { commitLog, commitsOnlyHere } from '../../git/distance.ts';
import { readStatus } from '../../git/status.ts';
import type { ActivitySource } from '../../safety/activity.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import type { SessionDetails, SessionStatus } from '../shapes/status.ts';
import { sentBackInFull } from './sent-back.ts';

const limit = 100;

/** @param brief the same session as the list shows it */
export async function describeSession(
  project: Project,
  session: SessionFacts,
  brief: SessionStatus,
  source: Promise<ActivitySource>,
): Promise<SessionDetails> {
  const { git, commonDir } = project;
  const { record, place, branchTip, baseTip } = session;
  const signals = place.kind === 'present' ? await (await source).at(place) : [];
  const base = baseTip ?? (isOid(record?.base.oid) ? oid(record.base.oid) : null);
  const commits =
    branchTip === null || base === null
      ? null
      : await commitLog(git, commonDir, base, branchTip, limit).catch(() => null);
  const status =
    place.kind === 'present' ? await readStatus(git, place.path).catch(() => null) : null;
  const onlyHere =
    branchTip === null
      ? null
      : await commitsOnlyHere(git, commonDir, [branchTip], session.branch).catch(() => null);
  return {
    ...brief,
    ...sentBackInFull(brief, { facts: session }),
    onlyHere,
    branchTip,
    baseOid: record?.base.oid ?? '',
    baseTip,
    head: place.kind === 'present' ? place.branch : null,
    paths: status === null ? null : status.entries.slice(0, limit).map((entry) => entry.path),
    commits,
    copied: record?.copied ?? [],
    carried: record?.carried.map((one) => one.path) ?? [],
    log: record?.log ?? null,
    signals,
  };
}
