/**
 * Foresees the clashes of some sessions: judged where there is something to judge, remembered in
 * the user's cache directory. Loaded only where there is.
 */
import { trusted } from '../../kernel/brand.ts';
import { isWithin } from '../../kernel/path.ts';
import type { BranchName } from '../../git/oid.ts';
import { openCache } from '../../integration/clash/cache-file.ts';
import { judgeClashes } from '../../integration/clash/judge.ts';
import type { Clashes, Judgement, Participant } from '../../integration/clash/model.ts';
import { landingOrder } from '../../integration/clash/order.ts';
import { touchedFolder } from '../../integration/clash/touched-file.ts';
import { writeTouched } from '../../integration/clash/write-touched.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import { oldestFirst, participant, standing, type WithStatus } from './participants.ts';

export interface Foreseen extends Clashes {
  /** those that were looked at, the oldest first */
  readonly sessions: readonly SessionFacts[];
  /** those with work that is not committed, their log aside */
  readonly uncommitted: ReadonlySet<SessionKey>;
  /** the landing order of `keys`, those that meet no clash first */
  readonly order: (keys: readonly SessionKey[]) => readonly SessionKey[];
}

interface Wish {
  /** so many merges at most are tried out; the other verdicts are `unknown` */
  readonly mergeLimit?: number;
  /** all sessions of the project are among them: what they touched is left for the hook that advises */
  readonly everyone?: true;
}

const clear: Judgement = { verdict: 'clear', paths: [] };

/** @param looked those that take part */
export async function foresee(
  context: OperationContext,
  project: Project,
  looked: readonly WithStatus[],
  wish: Wish = {},
): Promise<Foreseen> {
  const all = oldestFirst(looked);
  const working = all.filter((one) => standing(one).work === 'some');
  const asked = working.flatMap((one) => participant(project, one) ?? []);
  const judged = asked.length > 0 ? await judge(context, project, asked, wish) : null;
  const clashes = complete(all, working, judged);
  if (wish.everyone === true) leaveTouched(context, project, all, clashes);
  return {
    ...clashes,
    sessions: all.map(({ facts }) => facts),
    uncommitted: new Set(all.filter(isDirty).map(({ facts }) => facts.key)),
    order: (keys) => landingOrder(keys, clashes),
  };
}

function isDirty({ facts: { record }, status }: WithStatus): boolean {
  return status !== null && status.entries.some(({ path }) => path !== record?.log);
}

async function judge(
  context: OperationContext,
  project: Project,
  participants: readonly Participant[],
  { mergeLimit }: Wish,
): Promise<Clashes> {
  const { commonDir } = project;
  const place = { commonDir, avoid: ownFolders(project), env: context.env };
  const cache = openCache(place, context.clock);
  const clashes = await judgeClashes(project, participants, {
    cache,
    ...(mergeLimit === undefined ? {} : { mergeLimit }),
  });
  await cache.save();
  return clashes;
}

/** Where reading writes nothing, whatever the user has configured. */
function ownFolders({ commonDir, root, sessionsDir }: Project): readonly string[] {
  return [commonDir, root, sessionsDir];
}

/** For the hook before an edit, which has no time to find it out: in the main checkout too. */
function leaveTouched(
  context: OperationContext,
  project: Project,
  all: readonly WithStatus[],
  { touched }: Clashes,
): void {
  const folder = touchedFolder(context.env);
  if (folder === null || ownFolders(project).some((one) => isWithin(folder, one))) return;
  const observedAt = context.clock.now();
  const entries = all.map(({ facts: { key, name, place, record }, status }) => ({
    name,
    worktree: place.kind === 'present' ? place.path : null,
    goals: record?.goals ?? [],
    paths: touched.get(key) ?? null,
    uncommitted: new Set(status?.entries.map(({ path }) => path)),
  }));
  writeTouched(context.env, { commonDir: project.commonDir, observedAt }, entries);
}

/** With those that were not asked about: they have no work of their own. */
function complete(
  all: readonly WithStatus[],
  working: readonly WithStatus[],
  judged: Clashes | null,
): Clashes {
  const pairs = new Map(judged?.pairs.map((one) => [`${one.a} ${one.b}`, one]));
  const bases = new Map(judged?.base.map((one) => [one.key, one]));
  const idle = new Set(all.filter((one) => !working.includes(one)).map(({ facts }) => facts.key));
  return {
    pairs: all.flatMap(({ facts: { key: a } }, at) =>
      all
        .slice(at + 1)
        .map(({ facts: { key: b } }) => pairs.get(`${a} ${b}`) ?? { a, b, ...clear }),
    ),
    base: all.map(({ facts: { key, record } }) => {
      const base = trusted<BranchName>(record?.base.name ?? '');
      return bases.get(key) ?? { key, base, ...clear };
    }),
    touched: new Map(
      all.map(({ facts: { key } }) => [
        key,
        idle.has(key) ? [] : (judged?.touched.get(key) ?? null),
      ]),
    ),
  };
}
