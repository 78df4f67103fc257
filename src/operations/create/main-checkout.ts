/** What is uncommitted in the main checkout, and whether it can come along. */
import type { Warning } from '../../kernel/outcome.ts';
import { describe, FlightError, isFlightError } from '../../kernel/errors.ts';
import type { Oid } from '../../git/oid.ts';
import { countChanges, readStatus, type Status } from '../../git/status.ts';
import { planCarry, type CarryPlan } from '../../safety/carry.ts';
import type { Project } from '../../sessions/project.ts';
import type { CreateRequest } from './request.ts';

export interface DirtyMain {
  readonly kind: 'ask';
  readonly changes: {
    readonly staged: number;
    readonly modified: number;
    readonly untracked: number;
  };
  readonly paths: readonly string[];
  /** why they cannot be carried, `null` if they can */
  readonly cannotCarry: string | null;
}

export type MainCheckout =
  | DirtyMain
  | {
      readonly kind: 'go';
      readonly carry: CarryPlan | null;
      readonly warnings: readonly Warning[];
    };

/**
 * Looks at the main checkout. Tracked changes without `--dirty` are a question; untracked files
 * alone are a warning. One process: `git status`.
 * @throws FlightError `carry-impossible`
 */
export async function lookAtMain(
  project: Project,
  request: CreateRequest,
  base: Oid,
): Promise<MainCheckout> {
  const { mainCheckout: main, git } = project;
  if (main === null) {
    if (request.dirty === 'carry') {
      const why = 'a bare repository has no main checkout.';
      throw new FlightError('carry-impossible', { why, paths: [] });
    }
    return { kind: 'go', carry: null, warnings: [] };
  }
  if (request.dirty === 'leave') return { kind: 'go', carry: null, warnings: [] };
  const status = await readStatus(git, main);
  if (request.dirty === 'carry') {
    return { kind: 'go', carry: await planCarry(git, main, status, base), warnings: [] };
  }
  const tracked = status.entries.filter((e) => e.kind === 'tracked' || e.kind === 'unmerged');
  if (tracked.length === 0) {
    const warnings = untrackedWarning(status);
    return { kind: 'go', carry: null, warnings };
  }
  return {
    kind: 'ask',
    changes: countChanges(status),
    paths: status.entries.map((entry) => entry.path),
    cannotCarry: await planCarry(git, main, status, base).then(
      () => null,
      (error: unknown) => {
        if (isFlightError(error)) return describe(error).message;
        throw error;
      },
    ),
  };
}

function untrackedWarning(status: Status): Warning[] {
  const paths = status.entries.filter((e) => e.kind === 'untracked').map((e) => e.path);
  if (paths.length === 0) return [];
  const shown = paths.slice(0, 5).join(', ');
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  const message = `The main checkout has new files that are not in the session: ${shown}${more}. --dirty carry takes them along.`;
  return [{ code: 'untracked-in-main', message }];
}
