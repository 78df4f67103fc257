/** The checkout of a session, proven by token and links right now. Reads files only. */
import { real } from '../../git/repository.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import { linkOf, readToken, registeredWorktree } from '../../sessions/links.ts';
import { adminDir, type Project } from '../../sessions/project.ts';
import type { SessionRecord } from '../../sessions/record.ts';

export interface Checkout {
  readonly privateDir: AbsolutePath;
  /** `null` if it is not where it was */
  readonly worktree: AbsolutePath | null;
}

/**
 * @param moved where its folder was found, if the user moved it
 * @returns `null` if there is no private git dir of this session
 */
export async function checkoutOf(
  project: Pick<Project, 'commonDir'>,
  record: SessionRecord,
  moved: AbsolutePath | null = null,
): Promise<Checkout | null> {
  if (record.adminId === null) return null;
  const privateDir = adminDir(project, record.adminId);
  if ((await readToken(privateDir)) !== record.token) return null;
  const worktree = moved ?? (await registeredWorktree(privateDir));
  const belongs = worktree !== null && (await linkOf(worktree)) === (await real(privateDir));
  return { privateDir, worktree: belongs ? worktree : null };
}
