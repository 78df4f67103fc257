/**
 * Whether sessions of a status can clash at all. Most often they cannot: then nothing more is
 * loaded, as status is run at every prompt.
 */
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import type { Suggestion } from '../../kernel/suggestion.ts';
import { standing, takesPart, type WithStatus } from '../conflicts/participants.ts';
import type { OperationContext } from '../context.ts';

/** What one session clashes with. */
export interface SessionClashes {
  /** other sessions; `null`: none is known, and of some it could not be found out */
  readonly names: readonly string[] | null;
  /** one sentence, `null` if it clashes with nothing */
  readonly why: string | null;
  /** the command that helps */
  readonly help: Suggestion | null;
}

export interface KnownClashes {
  readonly clashes: ReadonlyMap<SessionKey, SessionClashes>;
  /** paths that each has changed against its base; `null`: unknown */
  readonly touched: ReadonlyMap<SessionKey, readonly string[] | null>;
}

/** What is wanted beyond the clashes. */
export interface ClashWish {
  /** what each has touched is asked for, too */
  readonly touched?: true;
  /** all sessions of the project are among them */
  readonly everyone?: true;
}

/** @param looked all sessions that may clash; those that do not take part are left out */
export async function clashesOf(
  context: OperationContext,
  project: Project,
  looked: readonly (WithStatus & { readonly landed?: boolean | null })[],
  wish: ClashWish = {},
): Promise<KnownClashes> {
  const asked = looked.filter((one) => takesPart(one.facts, new Set()) && !hasLanded(one));
  const standings = asked.map(standing);
  const works = standings.some(({ work }) => work === 'some');
  const moved = standings.some(({ base }) => base === 'moved');
  if (works && (asked.length > 1 || moved || wish.touched === true)) {
    const { foreseenClashes } = await import('./foreseen-clashes.ts');
    return foreseenClashes(context, project, asked, wish);
  }
  return {
    clashes: new Map(),
    touched: new Map(works ? [] : asked.map(({ facts }) => [facts.key, []])),
  };
}

/** Its work is in the base: it has nothing that could clash. */
function hasLanded({ landed, status }: WithStatus & { readonly landed?: boolean | null }): boolean {
  return landed === true && (status === null || status.entries.length === 0);
}
