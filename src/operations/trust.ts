/**
 * `trust list | grant | revoke`: which commands of this repository may run. Agents may look and
 * take approvals away; only a person at a terminal gives one, having seen the exact text.
 */
import * as z from 'zod/mini';
import { isoSeconds } from '../kernel/clock.ts';
import { FlightError } from '../kernel/errors.ts';
import { done, undecided, type Decision, type Warning } from '../kernel/outcome.ts';
import { ours } from '../kernel/suggestion.ts';
import { spelledOut } from '../kernel/visible.ts';
import type { Project } from '../sessions/project.ts';
import { projectOf } from './project.ts';
import {
  approvalKey,
  readApprovals,
  storeFile,
  writeApprovals,
  type Approval,
  type ReadApprovals,
  type StoreLocation,
} from '../trust/store.ts';
import { projectCommands, whyNoPerson } from '../trust/trust.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';

const Listed = z.object({
  /** the beginning of the hash of kind and text: names this very text */
  id: z.string(),
  kind: z.string(),
  /** byte for byte */
  command: z.string(),
  /** the same with everything unseen spelled out: what to print */
  shown: z.string(),
  approved: z.boolean(),
  /** is it configured at present? */
  configured: z.boolean(),
  since: z.nullable(z.string()),
});
type Listed = z.infer<typeof Listed>;

const Ids = z.optional(z.array(z.string('must be a text')));

export const TrustListInput = z.strictObject({});
export const TrustGrantInput = z.strictObject({ ids: Ids, yes: z.optional(z.boolean()) });
export const TrustRevokeInput = z.strictObject({ ids: Ids });
export const TrustListReport = z.object({ store: z.string(), commands: z.array(Listed) });
export const TrustGrantReport = z.object({ granted: z.array(Listed) });
export const TrustRevokeReport = z.object({ revoked: z.array(Listed) });

export const trustList = defineOperation({
  name: 'trust list',
  summary: 'Show the commands of this repository and which of them may run',
  description: [
    'Commands in .flight-rules/config.json come with the repository. Each runs only after its exact',
    'text was approved for this repository; a changed text is a new one. Commands in your own',
    'configuration or on your command line are yours and need no approval.',
  ].join('\n'),
  effect: 'read',
  input: TrustListInput,
  flags: {},
  output: TrustListReport,
  examples: [{ args: 'trust list', about: 'what is configured and what is approved' }],
  run: async (_input, context) => {
    const view = await look(context);
    const waiting = view.commands.some((one) => one.configured && !one.approved);
    return done(
      { store: storeFile(view.where), commands: view.commands },
      {
        warnings: view.warnings,
        next: waiting
          ? [ours(['trust', 'grant'], 'approves them; a person does this, at a terminal')]
          : [],
      },
    );
  },
});

export const trustGrant = defineOperation({
  name: 'trust grant',
  summary: 'Approve commands of this repository after reading their exact text',
  description: [
    'Approves the commands that are configured at present, or only those whose ids are given.',
    'Only a person at a terminal can do this: not an agent, not CI.',
  ].join('\n'),
  effect: 'change',
  input: TrustGrantInput,
  flags: {
    ids: { about: 'ids that trust list shows', positional: 'many', value: 'ID' },
    yes: { about: 'approve without being asked again' },
  },
  output: TrustGrantReport,
  examples: [{ args: 'trust grant', about: 'shows the commands and asks' }],
  run: async (input, context) => {
    const why = whyNoPerson(context.interactive, context.env);
    if (why !== null) throw new FlightError('trust-needs-a-person', { why });
    const view = await look(context);
    const { warnings } = view;
    const chosen = select(view, input.ids, 'grant').filter((one) => one.configured);
    const waiting = chosen.filter((one) => !one.approved);
    if (waiting.length === 0) return done({ granted: [] }, { warnings });
    if (input.yes !== true) return undecided(grantDecision(waiting), { warnings });
    const since = isoSeconds(context.clock.now());
    const approvals = new Map(view.approvals);
    for (const { kind, command } of waiting) {
      approvals.set(approvalKey(kind, command), { kind, command, since });
    }
    await writeApprovals(view.where, approvals, ['trust', 'grant']);
    const now = await look(context);
    const keys = new Set(waiting.map((one) => one.id));
    const granted = now.commands.filter((one) => keys.has(one.id) && one.approved);
    return done({ granted }, { warnings: now.warnings });
  },
});

export const trustRevoke = defineOperation({
  name: 'trust revoke',
  summary: 'Take back approvals for this repository',
  description:
    'Takes back all approvals for this repository, or only those whose ids are given. Always allowed.',
  effect: 'change',
  input: TrustRevokeInput,
  flags: { ids: { about: 'ids that trust list shows', positional: 'many', value: 'ID' } },
  output: TrustRevokeReport,
  examples: [{ args: 'trust revoke', about: 'nothing of this repository runs any more' }],
  run: async (input, context) => {
    const view = await look(context);
    const revoked = select(view, input.ids, 'revoke').filter((one) => one.approved);
    const gone = new Set(revoked.map(({ kind, command }) => approvalKey(kind, command)));
    const left = new Map([...view.approvals].filter(([key]) => !gone.has(key)));
    // an unreadable file approves nothing; that is made lasting, in case it becomes readable again
    if (gone.size > 0 || view.unreadable) {
      await writeApprovals(view.where, left, ['trust', 'revoke']);
    }
    return done(
      { revoked: revoked.map((one) => Object.assign({}, one, { approved: false, since: null })) },
      { warnings: view.warnings },
    );
  },
});

interface View {
  readonly where: StoreLocation;
  readonly approvals: ReadonlyMap<string, Approval>;
  readonly unreadable: boolean;
  readonly commands: Listed[];
  readonly warnings: readonly Warning[];
}

/** What is configured, what is approved, joined by the exact text. */
async function look(context: OperationContext): Promise<View> {
  const project = await projectOf(context);
  const where = { commonDir: project.commonDir, env: context.env };
  const read = await readApprovals(where);
  const approvals = read.kind === 'read' ? read.approvals : new Map<string, Approval>();
  return {
    where,
    approvals,
    unreadable: read.kind === 'unreadable',
    commands: listCommands(project, approvals, context.env),
    warnings: [...project.warnings, ...storeWarnings(read)],
  };
}

function listCommands(
  project: Project,
  approvals: ReadonlyMap<string, Approval>,
  env: OperationContext['env'],
): Listed[] {
  const configured = projectCommands(project, env).map(({ kind, command }) => {
    const approval = approvals.get(approvalKey(kind, command));
    return listed(kind, command, { configured: true, since: approval?.since ?? null });
  });
  const seen = new Set(configured.map((one) => one.id));
  const others = [...approvals.values()]
    .map(({ kind, command, since }) => listed(kind, command, { configured: false, since }))
    .filter((one) => !seen.has(one.id));
  return [...configured, ...others];
}

function listed(
  kind: string,
  command: string,
  state: { configured: boolean; since: string | null },
): Listed {
  const id = approvalKey(kind, command).slice(0, 16);
  const shown = spelledOut(command);
  const { configured, since } = state;
  return { id, kind, command, shown, approved: since !== null, configured, since };
}

/** @throws FlightError `usage` for an id that names nothing: its text may have changed meanwhile */
function select(view: View, ids: readonly string[] | undefined, verb: string): Listed[] {
  if (ids === undefined || ids.length === 0) return view.commands;
  return ids.map((id) => {
    const found = view.commands.find((one) => one.id === id);
    if (found !== undefined) return found;
    const detail = `${spelledOut(id)} names no command of this repository; its text may have changed.`;
    throw new FlightError('usage', { detail, command: ['trust', verb] });
  });
}

/** Bound to the texts shown: a text that changes before the answer has another id. */
function grantDecision(waiting: readonly Listed[]): Decision {
  const texts = waiting.map((one) => `\n  ${one.kind}: ${one.shown}`).join('');
  const ids = waiting.map((one) => one.id);
  return {
    id: 'trust',
    question: `May these commands of this repository run on this machine?${texts}`,
    facts: { commands: waiting },
    choices: [
      {
        value: 'approve',
        label: 'Approve',
        effect: `flight-rules runs these texts, exactly as shown, when it needs to:${texts}`,
        undo: 'flight-rules trust revoke takes the approval back.',
        available: true,
        args: ['trust', 'grant', ...ids, '--yes'],
      },
      {
        value: 'leave',
        label: 'Do not approve',
        effect: 'They do not run; what needs them is refused.',
        undo: 'flight-rules trust grant asks again.',
        available: true,
        args: ['trust', 'list'],
      },
    ],
    ifDeclined: 'Nothing is approved.',
  };
}

function storeWarnings(read: ReadApprovals): Warning[] {
  if (read.kind === 'read') return [];
  const message = `${read.file} cannot be read (${read.why}), so no command of this repository is approved. trust grant writes it anew.`;
  return [{ code: 'trust-store-unreadable', message }];
}
