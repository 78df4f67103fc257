/**
 * `parallel conflicts`: which sessions clash with which, what is not committed included, and in
 * which order the fewest of them meet a clash. Writes nothing but what is remembered for the next
 * time in the user's cache directory.
 *
 * Processes: those of observing, one `status` per worktree, and those of the judge.
 */
import * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { done, type Outcome } from '../kernel/outcome.ts';
import { pooled } from '../kernel/pooled.ts';
import type { SessionFacts } from '../sessions/facts.ts';
import { keyNamed, type SessionKey } from '../sessions/name.ts';
import { observe, type Observation } from '../sessions/observe.ts';
import { foresee } from './conflicts/foresee.ts';
import { helpful } from './conflicts/helpful.ts';
import { takesPart } from './conflicts/participants.ts';
import { reportOf } from './conflicts/report.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { list } from './shapes/parts.ts';
import { ConflictsReport } from './shapes/conflicts.ts';
import { statusesAtOnce, statusReader } from './status/statuses.ts';

export const ConflictsInput = z.object({ names: z._default(list(z.string()), []) });

type ConflictsInput = z.infer<typeof ConflictsInput>;

async function run(
  input: ConflictsInput,
  context: OperationContext,
): Promise<Outcome<ConflictsReport>> {
  const keys = input.names.map(keyNamed);
  const project = await projectOf(context);
  const facts = await observe(project, context.directory);
  const named = namedSessions(input.names, keys, facts);
  for (const one of named) if (!takesPart(one, new Set(keys))) context.warn(leftOut(one));
  const asked = facts.sessions.filter((one) => takesPart(one, new Set(keys)));
  const status = statusReader(project, asked, context.warn);
  const looked = await pooled(asked, statusesAtOnce, async (one) => ({
    facts: one,
    status: await status(one),
  }));
  const foreseen = await foresee(context, project, looked, { everyone: true });
  const shown = new Set(named.length === 0 ? asked.map(({ key }) => key) : keys);
  const order = foreseen.order(foreseen.sessions.map(({ key }) => key));
  return done(reportOf(foreseen, shown, order), { next: helpful(foreseen, shown, order) });
}

/** @throws FlightError `no-such-session`, `broken-record` */
function namedSessions(
  names: readonly string[],
  keys: readonly SessionKey[],
  { sessions }: Observation,
): readonly SessionFacts[] {
  return keys.map((key, at) => {
    const session = sessions.find((one) => one.key === key);
    if (session === undefined) {
      const known = sessions.map((one) => one.name);
      throw new FlightError('no-such-session', { name: names[at] ?? '', known });
    }
    if (session.broken !== null) {
      throw new FlightError('broken-record', { name: session.name, why: session.broken });
    }
    return session;
  });
}

function leftOut({ name, branch, branchTip }: SessionFacts) {
  const why = branchTip === null ? `its branch ${branch} is gone` : 'it is still being made';
  return { code: 'left-out', message: `${name} is not among them: ${why}.` };
}

export const conflicts = defineOperation({
  name: 'parallel conflicts',
  summary: 'Show which sessions clash, and the order to land them in',
  description:
    'Tries out, without touching anything, what a merge of every two sessions would say right now, and of each with its base. What is not committed counts. ' +
    'clash: it conflicts, and where; touching: both changed the same files, and it merges clean; unknown: it could not be found out. ' +
    'order is the landing order in which the fewest sessions meet a clash. Kept sessions take part if they are named. ' +
    'It writes nothing in the project; what was found out is remembered in the cache directory of the user.',
  effect: 'read',
  input: ConflictsInput,
  flags: { names: { about: 'only what involves these', positional: 'many', value: 'NAME' } },
  output: ConflictsReport,
  examples: [
    { args: 'parallel conflicts', about: 'all sessions with each other' },
    { args: 'parallel conflicts auth', about: 'auth with all others' },
  ],
  run,
});
