/**
 * What of a session has to move when it leaves, proven to be its own right now: directory,
 * registration and record carry the same token, and the links lead to each other. Looks only.
 */
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { real } from '../git/repository.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { linkOf, readToken, registeredWorktree } from '../sessions/links.ts';
import type { Project } from '../sessions/project.ts';
import type { SessionRecord } from '../sessions/record.ts';
import type { Registry } from '../sessions/registry.ts';
import type { TrashEntry } from '../sessions/trash-entry.ts';
import { directoriesOf } from './trash-places.ts';

/** What of a session is where, seen freshly. */
export interface Leaving {
  /** to be renamed */
  readonly worktree: AbsolutePath | null;
  readonly privateDir: AbsolutePath | null;
  readonly adminId: string | null;
  /** directories that wait in the trash already, put there by an older entry */
  readonly waiting: Pick<TrashEntry, 'worktree' | 'privateDir'> | null;
}

/** @throws FlightError `not-ours`, `plan-changed`, `unknown-state` */
export async function whatLeaves(
  project: Project,
  session: SessionFacts,
  { registry, record }: { registry: Registry; record: SessionRecord },
): Promise<Leaving> {
  const { name, place } = session;
  const none = { worktree: null, privateDir: null, adminId: null, waiting: null };
  switch (place.kind) {
    case 'present': {
      const proven =
        (await readToken(place.privateDir)) === record.token &&
        (await linkOf(place.path)) === (await real(place.privateDir)) &&
        (await pathOf(place.privateDir)) === (await real(place.path));
      if (!proven) {
        throw new FlightError('not-ours', { name, why: `links or token of ${place.path} differ` });
      }
      const { path: worktree, privateDir, adminId } = place;
      return { worktree, privateDir, adminId, waiting: null };
    }
    case 'gone': {
      if (place.privateDir === null || place.adminId === null) return none;
      const { privateDir, adminId } = place;
      if ((await readToken(privateDir)) !== record.token) {
        throw new FlightError('not-ours', { name, why: `the token in ${privateDir} differs` });
      }
      const at = await pathOf(privateDir);
      if (at !== null && (await linkOf(at)) === (await real(privateDir))) {
        throw new FlightError('plan-changed', { name, what: 'The worktree' });
      }
      return { ...none, privateDir, adminId };
    }
    case 'put-away': {
      const older = registry.trash.find((stored) => stored.entry.id === record.trash)?.entry;
      if (older === undefined) return none;
      const there = await directoriesOf(project, older);
      const waiting = {
        worktree: there.worktree === null ? null : older.worktree,
        privateDir: there.privateDir === null ? null : older.privateDir,
      };
      return { ...none, waiting };
    }
    case 'moved':
      throw new FlightError('plan-changed', { name, what: `The worktree (now ${place.to})` });
    case 'not-ours':
      throw new FlightError('not-ours', { name, why: place.why });
    case 'unknown':
      throw new FlightError('unknown-state', { name, what: 'the worktree', why: place.why });
  }
}

async function pathOf(privateDir: AbsolutePath): Promise<AbsolutePath | null> {
  const path = await registeredWorktree(privateDir);
  return path === null ? null : real(path);
}
