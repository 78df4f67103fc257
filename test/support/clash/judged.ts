// Holds what was foreseen against what `git merge` then says, pair by pair.
import type { BaseJudgement, Clashes, Judgement } from '../../../src/integration/clash/model.ts';
import type { Oid } from '../../../src/git/oid.ts';
import type { MergeJudge, Ruling } from './merge-judge.ts';

export interface Tally {
  pairs: number;
  clash: number;
  touching: number;
  clear: number;
  unknown: number;
}

export interface Judged {
  /** one sentence for each verdict that is not so */
  readonly disagreements: readonly string[];
  /** one for each that could not be found out */
  readonly unknown: readonly string[];
}

export const noTally = (): Tally => ({ pairs: 0, clash: 0, touching: 0, clear: 0, unknown: 0 });

export interface Question {
  readonly judge: MergeJudge;
  readonly clashes: Clashes;
  /** by key: everything a session has, as a commit; missing: it cannot be one, nor be judged */
  readonly commits: ReadonlyMap<string, Oid>;
  /** by name: the bases */
  readonly bases: ReadonlyMap<string, Oid>;
}

/** Judges all pairs, and every session against its base; counts the pairs into `tally`. */
export function hold(question: Question, tally: Tally): Judged {
  const { judge, clashes, commits, bases } = question;
  const disagreements: string[] = [];
  const unknown: string[] = [];
  const look = (title: string, foreseen: Judgement, ours?: Oid, theirs?: Oid): void => {
    if (foreseen.verdict === 'unknown') {
      unknown.push(`${title}: ${foreseen.why ?? 'without a reason'}`);
      return;
    }
    if (ours === undefined || theirs === undefined) return;
    const wrong =
      contradiction(foreseen, judge.rule(ours, theirs)) ??
      untold(foreseen, judge.changedByBoth(ours, theirs));
    if (wrong !== null) disagreements.push(`${title}: ${wrong}`);
  };
  for (const pair of clashes.pairs) {
    tally.pairs += 1;
    tally[pair.verdict] += 1;
    // the attributes of one side count: of the one that comes first by name
    const [ours, theirs] = [pair.a, pair.b].toSorted();
    look(`${pair.a} and ${pair.b}`, pair, commits.get(ours ?? ''), commits.get(theirs ?? ''));
  }
  for (const judgement of clashes.base) {
    const base = bases.get(judgement.base);
    if (base !== undefined) look(titleOf(judgement), judgement, commits.get(judgement.key), base);
  }
  return { disagreements, unknown };
}

function titleOf(judgement: BaseJudgement): string {
  return `${judgement.base} and ${judgement.key}`;
}

/** Pure: how the two differ, or `null`. */
function contradiction(foreseen: Judgement, ruling: Ruling): string | null {
  switch (ruling.kind) {
    case 'clean':
      return foreseen.verdict === 'clash'
        ? `foreseen was a clash in ${list(foreseen.paths)}, git merges them clean`
        : null;
    case 'refused':
      return `foreseen was ${foreseen.verdict}, git would not merge them: ${ruling.why}`;
    case 'conflict': {
      if (foreseen.verdict !== 'clash') {
        return `foreseen was ${foreseen.verdict}, git conflicts in ${JSON.stringify(ruling.paths)}`;
      }
      const said = new Set(foreseen.paths.map(({ path }) => plainPath(path)));
      const missing = ruling.paths.filter((path) => !said.has(plainPath(path)));
      return missing.length === 0
        ? null
        : `git conflicts in ${JSON.stringify(missing)} too, foreseen was ${list(foreseen.paths)}`;
    }
  }
}

/**
 * Pure: what both have changed and it does not say. That it says more is no error: a file of which
 * only the line ends differ is changed for status, and not once it is added.
 */
function untold({ verdict, paths }: Judgement, both: readonly string[] | null): string | null {
  if (both === null || verdict === 'clash') return null;
  const said = new Set(paths.map(({ path }) => path));
  const missing = both.filter((path) => !said.has(path));
  return missing.length === 0
    ? null
    : `foreseen was ${verdict} with ${list(paths)}, both have changed ${JSON.stringify(missing)}`;
}

/** The side that git moved away is named after what it was called: `a.txt~HEAD`, `a.txt~<commit>`. */
function plainPath(path: string): string {
  return path.replaceAll(/~(?:HEAD|[0-9a-f]{40}|[0-9a-f]{64})(?:_\d+)?(?=$|\/)/gu, '');
}

function list(paths: Judgement['paths']): string {
  return JSON.stringify(paths.map(({ path, kind }) => `${path}: ${kind}`));
}
