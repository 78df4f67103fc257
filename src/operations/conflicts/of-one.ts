/**
 * What one session clashes with, asked where it is about to go home. Advice: whatever fails here
 * is unknown, and stops nothing.
 *
 * Processes: one `status` per worktree, and those of the judge.
 */
import { isFlightError } from '../../kernel/errors.ts';
import { pooled } from '../../kernel/pooled.ts';
import { offline } from '../../git/environment.ts';
import { gitWith } from '../../git/git.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { OperationContext } from '../context.ts';
import { statusesAtOnce, statusReader } from '../status/statuses.ts';
import { foresee } from './foresee.ts';
import { takesPart } from './participants.ts';

/** As in status: nobody waits for more. */
const mergeLimit = 250;

/** @returns the others it clashes with; `null`: none is known, and of some it is unknown */
export async function clashesWith(
  context: OperationContext,
  reading: Project,
  { sessions }: Pick<Observation, 'sessions'>,
  { key }: SessionFacts,
): Promise<readonly SessionFacts[] | null> {
  const project = { ...reading, git: gitWith(reading.git, offline) };
  const asked = sessions.filter((one) => takesPart(one, new Set([key])));
  if (asked.length < 2) return [];
  try {
    const status = statusReader(project, asked, () => undefined);
    const looked = await pooled(asked, statusesAtOnce, async (facts) => ({
      facts,
      status: await status(facts),
    }));
    const { pairs } = await foresee(context, project, looked, { mergeLimit });
    const mine = pairs.filter(({ a, b }) => a === key || b === key);
    const clashing = mine.filter(({ verdict }) => verdict === 'clash');
    if (clashing.length === 0 && mine.some(({ verdict }) => verdict === 'unknown')) return null;
    return asked.filter((one) =>
      clashing.some(({ a, b }) => one.key !== key && (one.key === a || one.key === b)),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isFlightError(error)) throw error;
    return null;
  }
}

/** Before a merge: says which sessions will clash with the base afterwards. Never a refusal. */
export async function warnOfClashes(
  context: OperationContext,
  project: Project,
  facts: Pick<Observation, 'sessions'>,
  session: SessionFacts,
  into: string | undefined,
): Promise<void> {
  const base = into ?? session.record?.base.name ?? '';
  const clashing = (await clashesWith(context, project, facts, session)) ?? [];
  const names = clashing.filter(({ record }) => record?.base.name === base).map(({ name }) => name);
  const [first] = names;
  if (first === undefined) return;
  const verb = names.length === 1 ? 'clashes' : 'clash';
  context.warn({
    code: 'will-clash',
    message: `${names.join(', ')} ${verb} with what ${session.name} brings into ${base}; parallel sync ${names.length === 1 ? first : 'NAME'} --leave-conflicts brings it in, to be resolved there.`,
  });
}
