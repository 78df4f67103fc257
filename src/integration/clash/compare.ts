/**
 * What two lists of changed paths tell, without merging: which pairs cannot clash, and which
 * paths both changed. Processes, whatever the number of sessions: `merge-base`, `rev-list`
 * (`git/ancestry.ts`), one `diff-tree` per thousand lists.
 */
import { relationsOf, type Relation } from '../../git/ancestry.ts';
import { changesBetween, type DiffAsked } from '../../git/diff-many.ts';
import type { Change } from '../../git/diff.ts';
import { GitError, type Git } from '../../git/git.ts';
import type { Oid } from '../../git/oid.ts';
import type { Project } from '../../sessions/project.ts';
import { clear, openQuestions, unknown, type Board, type Question, type Seat } from './board.ts';
import { mayUnite } from './merges.ts';
import { commonPaths, provablyApart, shapeOf, type Shape } from './shape.ts';

/** A question that only a merge can answer, and what is known about it. */
export interface Doubt {
  readonly question: Question;
  readonly ours: Seat;
  readonly theirs: Seat;
  readonly bases: readonly Oid[];
  /** what both changed; `null`: it cannot be found out */
  readonly common: readonly string[] | null;
  /** uncommitted edits may have undone what is committed: `common` is too much, if anything */
  readonly isDoubtful: boolean;
  readonly folders: ReadonlySet<string>;
  readonly isUnited: boolean;
}

interface Comparison {
  readonly question: Question;
  readonly ours: Seat;
  readonly theirs: Seat;
  readonly bases: readonly Oid[];
}

/** So many lists of changes at once are kept in memory. */
const most = 1_000;

/**
 * Answers what it can; what is left is for a merge.
 * @returns `unsure`: sessions of which only a snapshot tells what they changed
 */
export async function compareAll(
  port: Git,
  project: Project,
  board: Board,
): Promise<{ readonly doubts: readonly Doubt[]; readonly unsure: readonly Doubt[] }> {
  const asked = [
    ...openQuestions(board),
    // answered, but what it changed is not remembered
    ...board.bases.filter((one) => one.judgement !== null && !board.touched.has(one)),
  ];
  const comparisons = await relate(port, project, board, asked);
  const bases = new Set(board.bases);
  const doubts: Doubt[] = [];
  const unsure: Doubt[] = [];
  for (const chunk of inChunks(comparisons)) {
    const shapes = await shapesOf(port, project, chunk);
    for (const comparison of chunk) {
      const doubt = doubtAbout(comparison, shapes);
      const { question } = comparison;
      if (bases.has(question) && !board.touched.has(question)) {
        const paths = changedPaths(comparison, comparison.ours, shapes);
        if (doubt.isDoubtful && paths !== null) unsure.push(doubt);
        board.touched.set(question, paths);
      }
      if (question.judgement !== null) continue;
      if (isApart(comparison, shapes)) question.judgement = clear;
      else doubts.push(doubt);
    }
  }
  // as asked: if not all can be merged, the bases are
  const order = new Map(asked.map((question, at) => [question, at]));
  const place = ({ question }: Doubt): number => order.get(question) ?? 0;
  return { doubts: doubts.toSorted((a, b) => place(a) - place(b)), unsure };
}

async function relate(
  port: Git,
  project: Project,
  board: Board,
  asked: readonly Question[],
): Promise<Comparison[]> {
  const numbers = new Map<Seat, number>();
  const seats: Seat[] = [];
  const numberOf = (seat: Seat): number => {
    const known = numbers.get(seat);
    if (known !== undefined) return known;
    numbers.set(seat, seats.length);
    return seats.push(seat) - 1;
  };
  const pairs = asked.flatMap((question) => {
    const { ours, theirs } = question;
    if (typeof ours === 'string' || typeof theirs === 'string') return [];
    return [{ question, ours, theirs, a: numberOf(ours), b: numberOf(theirs) }];
  });
  const heads = seats.map(({ side }) => side.heads);
  const relations = await relationsOf(port, project.commonDir, heads, pairs);
  return pairs.flatMap(({ question, ours, theirs }, at) => {
    const relation = relations[at];
    if (relation?.kind === 'related') return [{ question, ours, theirs, bases: relation.bases }];
    question.judgement ??= unknown(whyNot(relation, project));
    if (board.bases.includes(question)) board.touched.set(question, null);
    return [];
  });
}

function whyNot(relation: Relation | undefined, project: Project): string {
  if (relation?.kind === 'unknown') return relation.why;
  return project.repository.shallow
    ? 'they have no history in common in this shallow clone'
    : 'they have no history in common';
}

/** Pure: those with the same merge bases together, and not too many at once. */
function* inChunks(comparisons: readonly Comparison[]): Generator<readonly Comparison[]> {
  const byBases = new Map<string, Comparison[]>();
  for (const comparison of comparisons) {
    const name = comparison.bases.join(' ');
    const known = byBases.get(name);
    if (known === undefined) byBases.set(name, [comparison]);
    else known.push(comparison);
  }
  let chunk: Comparison[] = [];
  let names = new Set<string>();
  for (const comparison of [...byBases.values()].flat()) {
    chunk.push(comparison);
    for (const { from, to } of asksOf(comparison)) names.add(nameOf(from, to));
    if (names.size < most) continue;
    yield chunk;
    chunk = [];
    names = new Set();
  }
  if (chunk.length > 0) yield chunk;
}

function asksOf({ ours, theirs, bases }: Comparison): DiffAsked[] {
  return bases.flatMap((from) =>
    [ours, theirs].map((seat) => ({ from, to: seat.commit ?? seat.side.heads[0] })),
  );
}

function nameOf(from: Oid, to: Oid): string {
  return `${from} ${to}`;
}

/** The shape of a seat against a merge base; `null`: it cannot be read. */
type Shapes = (from: Oid, seat: Seat) => Shape | null;

async function shapesOf(
  port: Git,
  project: Pick<Project, 'commonDir'>,
  chunk: readonly Comparison[],
): Promise<Shapes> {
  const asks = new Map(chunk.flatMap(asksOf).map((ask) => [nameOf(ask.from, ask.to), ask]));
  const found = await read(port, project.commonDir, [...asks.values()]);
  const changes = new Map([...asks.keys()].map((name, at) => [name, found?.[at] ?? null]));
  const made = new Map<Seat, Map<Oid, Shape | null>>();
  return (from, seat) => {
    const own = made.get(seat) ?? new Map<Oid, Shape | null>();
    made.set(seat, own);
    const known = own.get(from);
    if (known !== undefined) return known;
    const list = changes.get(nameOf(from, seat.commit ?? seat.side.heads[0])) ?? null;
    // a commit that was made of it has its edits in it
    const edits = seat.commit === null ? seat.side.edits : [];
    const shape = list === null ? null : shapeOf(list, edits);
    own.set(from, shape);
    return shape;
  };
}

async function read(
  port: Git,
  cwd: string,
  asks: readonly DiffAsked[],
): Promise<readonly (readonly Change[])[] | null> {
  try {
    return await changesBetween(port, cwd, asks);
  } catch (error) {
    port.signal?.throwIfAborted();
    // a tree is missing: of which pair only the merge will tell
    if (error instanceof GitError) return null;
    throw error;
  }
}

function isApart({ ours, theirs, bases }: Comparison, shapes: Shapes): boolean {
  const [base] = bases;
  if (base === undefined || bases.length > 1) return false;
  const [a, b] = [shapes(base, ours), shapes(base, theirs)];
  if (a === null || b === null || isUnspeakable(ours) || isUnspeakable(theirs)) return false;
  return provablyApart(a, b);
}

function isUnspeakable({ side }: Seat): boolean {
  return side.work?.uncommitted.isUnspeakable === true;
}

function doubtAbout(comparison: Comparison, shapes: Shapes): Doubt {
  const { ours, theirs, bases } = comparison;
  const both = bases.map((base) => ({ a: shapes(base, ours), b: shapes(base, theirs) }));
  const whole = both.flatMap(({ a, b }) => (a === null || b === null ? [] : [a, b]));
  const isKnown = whole.length === 2 * both.length;
  const lists = both.map(({ a, b }) => (a === null || b === null ? [] : commonPaths(a, b)));
  return {
    ...comparison,
    common: isKnown ? inAll(lists) : null,
    isDoubtful: [ours, theirs].some(isUncertain) || whole.some((shape) => shape.isDoubtful),
    folders: new Set(whole.flatMap(({ folders }) => [...folders])),
    isUnited: !isKnown || whole.some(({ changes }) => mayUnite(changes)),
  };
}

/** Not yet a commit, and not all is told by its status. */
function isUncertain({ side, commit }: Seat): boolean {
  if (commit !== null || side.work === null) return false;
  const { isDoubtful, isUnspeakable: unspeakable } = side.work.uncommitted;
  return isDoubtful || unspeakable;
}

/** What a session changed, whichever of the merge bases it is compared with. */
function changedPaths({ bases }: Comparison, seat: Seat, shapes: Shapes): string[] | null {
  const lists = bases.map((base) => {
    const shape = shapes(base, seat);
    return shape === null ? null : [...shape.changes.keys()].toSorted();
  });
  const found = lists.filter((list) => list !== null);
  return found.length === lists.length ? inAll(found) : null;
}

function inAll(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = lists;
  const sets = others.map((list) => new Set(list));
  return first.filter((path) => sets.every((set) => set.has(path)));
}

/**
 * Looks again, now that snapshots are made: what both changed, and what the first one did.
 * @param port one that can read the snapshots
 */
export async function compareExactly(
  port: Git,
  cwd: Project['commonDir'],
  doubts: readonly Doubt[],
): Promise<
  { readonly common: readonly string[] | null; readonly ours: readonly string[] | null }[]
> {
  const shapes = await shapesOf(port, { commonDir: cwd }, doubts);
  return doubts.map((doubt) => ({
    common: doubtAbout(doubt, shapes).common,
    ours: changedPaths(doubt, doubt.ours, shapes),
  }));
}
