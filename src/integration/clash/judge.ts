/**
 * Foreseeing clashes: what a merge of each session into each other, and into its base, would say
 * right now, uncommitted work included. The repository, the worktrees and their indexes are only
 * read; what has to be written goes to private objects (`git/simulation.ts`).
 *
 * What is remembered is not asked; what two lists of paths prove is not merged (`shape.ts`); of
 * sessions that take part in no merge no snapshot is made. With everything remembered no git runs
 * at all. Else: `merge-base`, `rev-list`, `diff-tree`; for what is merged `update-index` and
 * `write-tree` per session with uncommitted work, and a few `merge-tree`.
 */
import { offline } from '../../git/environment.ts';
import { gitWith } from '../../git/git.ts';
import type { Project } from '../../sessions/project.ts';
import { makeBoard, openQuestions, recall, remember, unknown, type Question } from './board.ts';
import { compareAll } from './compare.ts';
import { decide } from './decide.ts';
import { mergeSettings } from './merge-settings.ts';
import type { Clashes, Judgement, Participant } from './model.ts';
import type { VerdictCache } from './verdict-cache.ts';

export interface JudgeOptions {
  readonly cache?: VerdictCache;
  /** so many merges at the most; what is beyond them is `unknown` */
  readonly mergeLimit?: number;
}

/**
 * Judges every two of `participants`, and each against its base. "Ours", whose attributes count,
 * is the session whose key comes first, or the session where the other side is its base.
 * @throws FlightError only if git is missing or hangs, or the command was interrupted
 */
export async function judgeClashes(
  project: Project,
  participants: readonly Participant[],
  options: JudgeOptions = {},
): Promise<Clashes> {
  const board = makeBoard(participants, await mergeSettings(project), options.cache);
  recall(board);
  if (openQuestions(board).length > 0 || board.bases.some((one) => !board.touched.has(one))) {
    const port = gitWith(project.git, offline);
    const found = await compareAll(port, project, board);
    const mergeLimit = options.mergeLimit ?? Number.POSITIVE_INFINITY;
    await decide(port, project, board, found, { mergeLimit });
    remember(board);
  }
  const pairs = participants.flatMap(({ key: a }, at) =>
    participants.slice(at + 1).map(({ key: b }) => ({ a, b })),
  );
  return {
    pairs: pairs.map(({ a, b }, at) => ({ a, b, ...answer(board.pairs[at]) })),
    base: participants.map(({ key, base }, at) => ({
      key,
      base: base.name,
      ...answer(board.bases[at]),
    })),
    touched: new Map(
      participants.map(({ key }, at) => {
        const question = board.bases[at];
        return [key, question === undefined ? null : (board.touched.get(question) ?? null)];
      }),
    ),
  };
}

function answer(question: Question | undefined): Judgement {
  return question?.judgement ?? unknown('nobody has looked');
}
