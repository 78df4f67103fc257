/**
 * `parallel status`: every session with its metadata, what needs somebody first; strays,
 * interrupted operations, the main checkout, the trash, how to go there. Writes nothing.
 *
 * Processes: `rev-parse`, `for-each-ref`, `cat-file --batch`, `worktree list`; one `status` per
 * worktree, side by side; more only for sessions that need it; with `--pr` also gh or glab.
 */
import { FlightError } from '../kernel/errors.ts';
import { done, type Outcome } from '../kernel/outcome.ts';
import { quote, quoteAll } from '../kernel/quote.ts';
import { isoSeconds } from '../kernel/clock.ts';
import { visible } from '../kernel/visible.ts';
import { observe } from '../sessions/observe.ts';
import { keyNamed } from '../sessions/name.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { projectOf } from './project.ts';
import { StatusInput, StatusReport, type SessionStatus } from './shapes/status.ts';
import { describeSession } from './status/details.ts';
import { endedSessions } from './status/ended.ts';
import { mainStatus } from './status/main.ts';
import { lookAtSessions } from './status/sessions.ts';
import { strayStatus, whoWorks } from './status/strays.ts';
import { summarise, trashSummary } from './status/summary.ts';

async function run(input: StatusInput, context: OperationContext): Promise<Outcome<StatusReport>> {
  const key = input.name === undefined ? null : keyNamed(input.name);
  const project = await projectOf(context, 'helps');
  const facts = await observe(project, context.directory);
  const known = facts.sessions.filter(
    (one) => input.all || one.key === key || one.record?.state !== 'kept' || one.health !== 'ok',
  );
  const asked = key === null ? known : known.filter((one) => one.key === key);
  if (key !== null && asked.length === 0) {
    const names = facts.sessions.map((one) => one.name);
    throw new FlightError('no-such-session', { name: input.name ?? '', known: names });
  }
  const source = whoWorks(context, facts);
  const beside = key === null ? [] : facts.sessions.filter((one) => one.key !== key);
  const looking = lookAtSessions(context, project, { ...facts, sessions: asked }, source, {
    beside,
    everyone: true,
  }).then((looked) => looked.sessions);
  const [sessions, main, trash, strays, queue] = await Promise.all([
    input.pr
      ? import('./status/pull-requests.ts').then(({ withPullRequests }) =>
          withPullRequests(context, project, { ...facts, sessions: asked }, looking),
        )
      : looking,
    mainStatus(project, facts),
    trashSummary(project, facts),
    strayStatus(context, project, facts, source),
    facts.registry.queue === null
      ? undefined
      : import('./status/queue.ts').then(({ queueStatus }) => queueStatus(context, project, facts)),
  ]);
  for (const warning of (await source).warnings) context.warn(warning);
  for (const warning of summaryWarnings(facts)) context.warn(warning);
  if (main?.becameDirty !== undefined) {
    const { becameDirtyMessage } = await import('./status/became-dirty.ts');
    const message = becameDirtyMessage(main.becameDirty, visible);
    context.warn({ code: 'main-became-dirty', message });
  }
  const ended = input.all && key === null ? endedSessions(facts) : [];
  const listed: SessionStatus[] = [...sessions, ...ended];
  const first = asked[0];
  const detailed = sessions[0];
  const program = context
    .spell(['parallel', 'path', 'NAME'])
    .argv.filter((word) => word !== '--json');
  const agent = project.settings.agent.value ?? 'AGENT';
  return done({
    here: {
      kind: facts.here.kind,
      ...('name' in facts.here && facts.here.name !== '' ? { name: facts.here.name } : {}),
    },
    summary: summarise(facts, sessions),
    project: { name: project.name, root: project.root, sessionsDir: project.sessionsDir },
    main,
    sessions: listed,
    ...(key === null || first === undefined || detailed === undefined
      ? {}
      : { session: await describeSession(project, first, detailed, source) }),
    strays,
    ...(queue === undefined ? {} : { queue }),
    interrupted: facts.sessions.flatMap((one) =>
      one.ownerDead === true && one.record?.intent !== undefined
        ? [{ operation: one.record.intent.kind, name: one.name, since: one.record.intent.since }]
        : [],
    ),
    trash,
    enter: `cd "$(${quoteAll(program)})" && ${agent === 'AGENT' ? agent : quote(agent)}`,
    observedAt: isoSeconds(context.clock.now()),
  });
}

function summaryWarnings(
  facts: Awaited<ReturnType<typeof observe>>,
): { code: string; message: string }[] {
  const unproven = facts.unproven.map((entry) => ({
    code: 'unproven-entry',
    message: `The manifest's entry ${JSON.stringify(entry.id)} is left alone: ${entry.why}.`,
  }));
  const corrupt =
    facts.manifest.kind === 'corrupt'
      ? [
          {
            code: 'manifest-corrupt',
            message: `The manifest cannot be read (${facts.manifest.why}). Nothing is lost: the next change sets it aside and writes a new one.`,
          },
        ]
      : [];
  const newer =
    facts.manifest.kind === 'newer'
      ? [
          {
            code: 'manifest-newer',
            message: `The manifest is of a newer version (${facts.manifest.version}).`,
          },
        ]
      : [];
  const missing = facts.sessionsDirMissing
    ? [
        {
          code: 'sessions-dir-missing',
          message:
            'The sessions directory is missing or empty. It may be a disk that is not mounted.',
        },
      ]
    : [];
  const broken = facts.registry.brokenTrash.map((ref) => ({
    code: 'broken-trash-entry',
    message: `The trash entry ${ref} cannot be read; what it pins stays.`,
  }));
  return [...unproven, ...corrupt, ...newer, ...missing, ...broken];
}

export const status = defineOperation({
  name: 'parallel status',
  summary: 'Show every session: what it is for, how it stands, what it needs',
  description:
    'Lists the sessions of this project, those that need somebody first, with the next command for each; ' +
    'then strays, interrupted operations, the main checkout and the trash. It writes nothing, not one byte. ' +
    'With a name it shows that session in full. ' +
    'With --pr, and only then, it asks gh or glab for state, checks and review of each pull request: ' +
    'side by side, for ten seconds at most; what cannot be found out is unknown, with a warning that says why.',
  effect: 'read',
  // what is run at every prompt does not build schemas: only who asks for them gets them
  get input() {
    return StatusInput;
  },
  plainInput: ({ name, all, pr, ...more }) => {
    if (Object.keys(more).length > 0) return null;
    if (all !== undefined && typeof all !== 'boolean') return null;
    if (pr !== undefined && typeof pr !== 'boolean') return null;
    if (name !== undefined && typeof name !== 'string') return null;
    return { ...(name === undefined ? {} : { name }), all: all === true, pr: pr === true };
  },
  flags: {
    name: { about: 'only this session, in full', positional: 'one', value: 'NAME' },
    all: { about: 'also kept sessions and the last twenty that ended' },
    pr: { about: 'asks the forge how pull requests stand (network)' },
  },
  get output() {
    return StatusReport;
  },
  examples: [
    { args: 'parallel status', about: 'all sessions' },
    { args: 'parallel status auth', about: 'one session in full: commits, paths, files copied' },
    { args: 'parallel status --pr', about: 'with checks and review of pull requests' },
    { args: 'parallel status --json', about: 'the same for an agent' },
  ],
  run,
});
