/**
 * `parallel adopt`: a registered worktree that is on a branch becomes a session. Nothing moves:
 * branch and path stay; a token and a record are written.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import * as z from 'zod/mini';
import { isoSeconds } from '../kernel/clock.ts';
import { holderText } from '../kernel/catalogue/entry.ts';
import { FlightError } from '../kernel/errors.ts';
import { faultPoint } from '../kernel/faults.ts';
import { done, undecided, type Outcome } from '../kernel/outcome.ts';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import { readLink } from '../sessions/links.ts';
import { mergeBases } from '../git/history.ts';
import { operationInProgress } from '../git/operation.ts';
import type { BranchName, Oid } from '../git/oid.ts';
import { transact } from '../git/refs.ts';
import { real } from '../git/repository.ts';
import type { Worktree } from '../git/worktrees.ts';
import { occupants } from '../safety/occupants.ts';
import { writeToken } from '../safety/registration.ts';
import { asSessionName, parseSessionName, sessionKey, suggestName } from '../sessions/name.ts';
import type { SessionName } from '../sessions/name.ts';
import { observe, type Observation } from '../sessions/observe.ts';
import { adminDir, type Project } from '../sessions/project.ts';
import { recordChange } from '../sessions/registry.ts';
import type { SessionRecord } from '../sessions/record.ts';
import { change, type Change } from './change.ts';
import type { OperationContext } from './context.ts';
import { chooseBase, type Base } from './create/base.ts';
import { defineOperation } from './define.ts';
import { enterLine } from './enter.ts';
import { newSession } from './new-session.ts';
import { projectOf } from './project.ts';
import { AdoptReport } from './shapes/adopt.ts';

export const AdoptInput = z.object({
  path: z.string(),
  name: z.optional(z.string()),
  base: z.optional(z.string()),
  goals: z._default(z.array(z.string()), []),
});

export type AdoptInput = z.infer<typeof AdoptInput>;

/** A worktree that may be adopted, with what that needs. */
interface Adoptee {
  readonly path: AbsolutePath;
  readonly adminId: string;
  readonly privateDir: AbsolutePath;
  readonly branch: BranchName;
  readonly tip: Oid;
}

async function run(input: AdoptInput, context: OperationContext): Promise<Outcome<AdoptReport>> {
  const project = await projectOf(context);
  const path = await real(absolute(input.path, context.directory));
  const asked = input.name === undefined ? null : parseSessionName(input.name);
  const facts = await observe(project, context.directory);
  await examine(context, project, facts, path);
  const name = asked ?? nameOfFolder(path);
  const request = {
    name,
    key: sessionKey(name),
    goals: input.goals,
    ...(input.base === undefined ? {} : { base: input.base }),
    agent: project.settings.agent.value,
    dirty: null,
  };
  const base = await chooseBase(project, facts, request);
  if (base.kind === 'ask') {
    return undecided({
      id: 'base',
      question: `Which branch should ${name} return to?`,
      facts: { asked: base.asked },
      choices: base.suggestions.map((branch) => ({
        value: branch,
        label: `Return to ${branch}`,
        effect: `The session is compared with ${branch} and merges into it.`,
        undo: 'remove --strategy keep puts it away again',
        available: true,
        args: again(input, path, branch),
      })),
      input: {
        flag: '--base',
        repeatable: false,
        suggestions: base.suggestions,
        args: again(input, path, null),
      },
      ifDeclined: 'Nothing was adopted.',
    });
  }
  const record = await change(context, project, (frame) =>
    adoptUnderLock(context, frame, { name, path, base, goals: input.goals }),
  );
  return done(
    { session: newSession(record), enter: enterLine(record.worktree, record.agent ?? null) },
    {
      next: [
        {
          args: ['-C', record.worktree, 'dev-session', 'start'],
          why: 'writes its log, and says where things stand',
        },
      ],
    },
  );
}

function again(input: AdoptInput, path: string, base: string | null): string[] {
  return [
    'parallel',
    'adopt',
    path,
    ...(input.name === undefined ? [] : ['--name', input.name]),
    ...input.goals.flatMap((goal) => ['--goal', goal]),
    ...(base === null ? [] : ['--base', base]),
  ];
}

/** @throws FlightError `bad-name` */
export function nameOfFolder(path: AbsolutePath): SessionName {
  const folder = basename(path);
  return asSessionName(folder) ?? parseSessionName(suggestName(folder) ?? folder);
}

/** Everything that forbids it. @throws FlightError `not-adoptable`, `in-use` */
export async function examine(
  context: OperationContext,
  project: Project,
  facts: Observation,
  path: AbsolutePath,
): Promise<Adoptee> {
  const refuse = (why: string): FlightError => new FlightError('not-adoptable', { path, why });
  const worktree = await registered(facts.worktrees, path);
  if (worktree === null) throw refuse('it is no worktree of this repository');
  if (worktree.main) throw refuse('it is the main checkout');
  const owned = facts.sessions.find((one) => one.record?.adminId === worktree.adminId);
  if (owned !== undefined && owned.recordOid !== null) throw refuse(`it is session ${owned.name}`);
  if (worktree.adminId === null) throw refuse('its registration cannot be read');
  const privateDir = adminDir(project, worktree.adminId);
  const link = await readLink(path);
  if (link.kind !== 'link' || link.target !== (await real(privateDir))) {
    throw refuse('its link leads to another repository');
  }
  if (worktree.branch === null || worktree.head === null) throw refuse('its HEAD is on no branch');
  const operation = await operationInProgress(privateDir);
  if (operation.kind === 'operation') throw refuse(`a ${operation.operation} is in progress there`);
  if (operation.kind === 'unknown') throw refuse('what is in progress there is unknown');
  const { locked } = worktree;
  const who = await occupants({ path, privateDir, locked }, context.pid);
  if (who.kind === 'in-use') {
    const shown = who.by.slice(0, 3).map(holderText).join(', ');
    throw refuse(`somebody works there: ${shown}`);
  }
  const { adminId, branch, head } = worktree;
  return { path: worktree.path, adminId, privateDir, branch, tip: head };
}

async function registered(
  worktrees: readonly Worktree[],
  path: AbsolutePath,
): Promise<Worktree | null> {
  for (const worktree of worktrees) {
    if ((await real(worktree.path)) === path) return worktree;
  }
  return null;
}

async function adoptUnderLock(
  context: OperationContext,
  frame: Change,
  wanted: {
    readonly name: SessionName;
    readonly path: AbsolutePath;
    readonly base: Base & { kind: 'base' };
    readonly goals: readonly string[];
  },
): Promise<SessionRecord> {
  const { project, git, facts } = frame;
  const { name, base } = wanted;
  const key = sessionKey(name);
  const taken = facts.sessions.find((one) => one.key === key);
  if (taken !== undefined) {
    throw new FlightError('name-taken', {
      name,
      by: `session ${taken.name}`,
      why: 'exists already',
    });
  }
  const adoptee = await examine(context, project, facts, wanted.path);
  const [fork] = await mergeBases(git, project.commonDir, adoptee.tip, base.oid);
  const token = randomUUID();
  await writeToken(adoptee.privateDir, token);
  const agent = project.settings.agent.value;
  const record: SessionRecord = {
    schema: 1,
    name,
    branch: adoptee.branch,
    worktree: adoptee.path,
    adminId: adoptee.adminId,
    token,
    state: 'active',
    base: { name: base.name, oid: fork ?? base.oid },
    goals: [...wanted.goals],
    startedAt: isoSeconds(context.clock.now()),
    ...(agent === null ? {} : { agent }),
    copied: [],
    carried: [],
  };
  const put = await recordChange(git, project.commonDir, key, null, record);
  faultPoint('adopt.refs:before');
  const result = await transact(git, project.commonDir, [put], `flight-rules: adopt ${name}`);
  if (result.kind === 'lost') throw new FlightError('plan-changed', { name, what: 'The record' });
  faultPoint('adopt.refs:after');
  return record;
}

export const adopt = defineOperation({
  name: 'parallel adopt',
  summary: 'Make a worktree that is there a session',
  description:
    'Takes a registered worktree of this repository that is on a branch and makes it a session. Nothing moves; branch and path stay.',
  effect: 'change',
  input: AdoptInput,
  flags: {
    path: { about: 'the worktree', positional: 'one', value: 'PATH', path: true },
    name: { about: 'name of the session (default: its folder)', value: 'NAME' },
    base: { about: 'local branch it returns to', value: 'BRANCH' },
    goals: { about: 'what it is for', flag: 'goal', value: 'TEXT', repeatable: true },
  },
  output: AdoptReport,
  examples: [{ args: 'parallel adopt ../fix-typo --goal "Fix typos"', about: 'a stray worktree' }],
  run,
});
