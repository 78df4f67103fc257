/**
 * The board of one look: whose states are compared, what is asked of them, and what is known so
 * far. Each step (memory, comparing, merging) fills in what it finds out and leaves the rest to
 * the next.
 */
import { createHash } from 'node:crypto';
import type { Oid } from '../../git/oid.ts';
import type { MergeSettings } from './merge-settings.ts';
import type { Judgement, Participant } from './model.ts';
import { committed, isSide, sideOf, type Side } from './side.ts';
import type { VerdictCache } from './verdict-cache.ts';

/** A state that takes part. */
export interface Seat {
  readonly side: Side;
  /** what names its content; `null`: nothing does yet */
  id: string | null;
  /** its state as a commit that can be read; `null`: not made yet */
  commit: Oid | null;
}

/** A seat, or why it cannot be looked at. */
type Place = Seat | string;

export interface Question {
  readonly ours: Place;
  readonly theirs: Place;
  judgement: Judgement | null;
}

export interface Board {
  readonly settings: MergeSettings;
  readonly cache: VerdictCache | undefined;
  /** of the participants, in their order */
  readonly places: readonly Place[];
  /** every two participants */
  readonly pairs: readonly Question[];
  /** every participant against its base */
  readonly bases: readonly Question[];
  /** what each changed against its base: by question of `bases`; missing: not looked at yet */
  readonly touched: Map<Question, readonly string[] | null>;
}

/** No process. */
export function makeBoard(
  participants: readonly Participant[],
  settings: MergeSettings,
  cache: VerdictCache | undefined,
): Board {
  const places = participants.map((participant): Place => {
    const side = sideOf(participant, settings);
    return isSide(side) ? seatOf(side) : side.why;
  });
  const tips = new Map<Oid, Seat>();
  const bases = participants.map(({ base }, at): Question => {
    const ours = places[at] ?? 'it is not there';
    if (base.tip === null)
      return { ours, theirs: `its base ${base.name} is gone`, judgement: null };
    const theirs = tips.get(base.tip) ?? seatOf(committed(base.tip));
    tips.set(base.tip, theirs);
    return { ours, theirs, judgement: null };
  });
  const pairs = participants.flatMap((a, at) =>
    participants.slice(at + 1).map((b, further): Question => {
      const [one = '', other = ''] = [places[at], places[at + 1 + further]];
      // the same whoever asks, so that it is remembered for all
      const [ours, theirs] = a.key <= b.key ? [one, other] : [other, one];
      return { ours, theirs, judgement: null };
    }),
  );
  return { settings, cache, places, pairs, bases, touched: new Map() };
}

function seatOf(side: Side): Seat {
  const commit = side.work === null ? side.heads[0] : null;
  return { side, id: commit, commit };
}

export function unknown(why: string): Judgement {
  return { verdict: 'unknown', paths: [], why };
}

export const clear: Judgement = { verdict: 'clear', paths: [] };

/** Those that are not answered; of the bases first, as they matter most where not all can be. */
export function openQuestions(board: Board): readonly Question[] {
  return [...board.bases, ...board.pairs].filter(({ judgement }) => judgement === null);
}

/** Fills in what cannot be known, what needs no look, and what is remembered. No process. */
export function recall(board: Board): void {
  for (const question of board.bases) recallState(board, question);
  for (const question of [...board.bases, ...board.pairs]) {
    question.judgement = known(board, question);
  }
}

function recallState(board: Board, question: Question): void {
  const { ours, theirs } = question;
  if (typeof ours === 'string') {
    board.touched.set(question, null);
    return;
  }
  const print = statePrint(question);
  const found = print === null ? undefined : board.cache?.snapshot(print);
  ours.id ??= found?.tip ?? ours.side.work?.fingerprint ?? null;
  if (typeof theirs === 'string') board.touched.set(question, null);
  else if (found?.touched !== undefined) board.touched.set(question, found.touched);
}

/** What names a session's state together with its base; `null`: nothing does. */
function statePrint({ ours, theirs }: Question): string | null {
  if (typeof ours === 'string') return null;
  const { work, heads } = ours.side;
  const state = work === null ? heads[0] : work.fingerprint;
  if (state === null) return null;
  const base = typeof theirs === 'string' ? '' : theirs.id;
  return createHash('sha256').update(`${state} ${base}`).digest('hex');
}

/** Answers a question by what is known of its two states; `null`: somebody has to look. */
export function known(board: Board, { ours, theirs }: Question): Judgement | null {
  if (typeof ours === 'string') return unknown(ours);
  if (typeof theirs === 'string') return unknown(theirs);
  // the same commit; two equal changes are another matter
  if (ours.id !== null && ours.id === theirs.id && ours.side.work === null) return clear;
  const key = keyOf(board, ours, theirs);
  return (key === null ? undefined : board.cache?.verdict(key)) ?? null;
}

function keyOf(board: Board, ours: Seat, theirs: Seat): string | null {
  if (ours.id === null || theirs.id === null) return null;
  const { ownSettings } = ours.side;
  const own =
    ownSettings === '' ? '' : createHash('sha256').update(ownSettings).digest('hex').slice(0, 16);
  return `${board.settings.digest}${own}:${ours.id}:${theirs.id}`;
}

/** So many paths of one session are worth remembering. */
const mostPaths = 5_000;

/** Hands to the cache what was found out. */
export function remember(board: Board): void {
  const { cache } = board;
  if (cache === undefined) return;
  for (const question of board.bases) {
    const print = statePrint(question);
    const { ours } = question;
    if (print === null || typeof ours === 'string' || ours.id === null) continue;
    const touched = board.touched.get(question) ?? undefined;
    const known = touched !== undefined && touched.length <= mostPaths;
    cache.setSnapshot(print, { tip: ours.id, ...(known ? { touched } : {}) });
  }
  for (const { ours, theirs, judgement } of [...board.bases, ...board.pairs]) {
    if (typeof ours === 'string' || typeof theirs === 'string') continue;
    const key = keyOf(board, ours, theirs);
    if (key === null || judgement === null || judgement.verdict === 'unknown') continue;
    if (judgement !== clear || ours.id !== theirs.id) cache.setVerdict(key, judgement);
  }
}
