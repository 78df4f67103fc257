/** Is the work of a session of the queue in its base? Others move bases, and land by hand. */
import { trusted } from '../../kernel/brand.ts';
import { isAncestor } from '../../git/history.ts';
import { oid, type BranchName, type Oid } from '../../git/oid.ts';
import { landedBy } from '../../integration/landed.ts';
import type { Project } from '../../sessions/project.ts';
import type { QueueEntry } from '../../sessions/queue.ts';

/**
 * @param base where its base is now; `null`: it is gone
 * @returns `false` also where that cannot be told
 */
export async function isHome(
  { git, commonDir }: Project,
  entry: Pick<QueueEntry, 'tip' | 'base'>,
  base: Oid | null,
): Promise<boolean> {
  if (base === null) return false;
  const tip = oid(entry.tip);
  if (await isAncestor(git, commonDir, tip, base)) return true;
  const landed = await landedBy(
    git,
    { commonDir },
    {
      branch: trusted<BranchName>(entry.base),
      branchTip: tip,
      bases: [{ name: entry.base, tip: base }],
      recordedBaseOid: base,
    },
  );
  return landed.kind === 'landed';
}
