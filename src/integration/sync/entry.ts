/**
 * The entry of the trash that a sync leaves: commits that the session's branch does not have any
 * more, or never had. It has no directory; `restore ID --as NAME` makes a session of it.
 */
import { branchRef, type Oid } from '../../git/oid.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { nextDestination } from '../../safety/trash-places.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import { branchOfRecord, type SessionRecord } from '../../sessions/record.ts';
import type { Registry } from '../../sessions/registry.ts';
import type { TrashEntry } from '../../sessions/trash-entry.ts';

/**
 * The next free entry of this session. Nothing is written.
 * @param held `commit`: what is to come back; `head`: where HEAD was
 */
export async function syncEntry(
  project: Project,
  registry: Registry,
  { key, record }: { readonly key: SessionKey; readonly record: SessionRecord },
  held: { readonly commit: Oid; readonly head: Oid | null; readonly at: Date },
): Promise<TrashEntry> {
  const { name, branch } = record;
  const { id } = await nextDestination(project, registry, { key, name }, null);
  const { intent: _, syncing: __, ...settled } = record;
  return {
    schema: 1,
    id,
    name,
    removedAt: isoSeconds(held.at),
    strategy: 'sync',
    branch,
    branchTip: held.commit,
    head: branchRef(branchOfRecord(record)),
    headOid: held.head,
    record: settled,
    worktree: null,
    privateDir: null,
  };
}
