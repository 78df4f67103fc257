/**
 * `init`: the four commands, for the agents of this project. Writes into the checkout it is
 * started in, never over anything that is not ours; a second time it changes nothing.
 */
import * as z from 'zod/mini';
import { undecided, type Decision, type Outcome, type Warning } from '../kernel/outcome.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Agent } from '../agents/agent.ts';
import { agents } from '../agents/all.ts';
import { carryOut } from '../agents/carry-out.ts';
import { chooseAgents, detect } from '../agents/choose.ts';
import type { Extras } from '../agents/desired.ts';
import { emptyLedger, type Ledger } from '../agents/ledger.ts';
import { planInstall } from '../agents/plan.ts';
import { spellingHere } from '../agents/spelling.ts';
import { answer, checkoutOf, extrasOf, namesOf, readLedger, wantedParts } from './install.ts';
import type { OperationContext } from './context.ts';
import { defineOperation } from './define.ts';
import { InstallReport } from './shapes/agents.ts';

const flag = z.optional(z.boolean());

export const InitInput = z.strictObject({
  agents: z.optional(z.string('must be a text')),
  hooks: flag,
  guard: flag,
  noMcp: flag,
  gitattributes: flag,
  templates: flag,
  dryRun: flag,
});
type InitInput = z.infer<typeof InitInput>;
type InstallReport = z.infer<typeof InstallReport>;

export const init = defineOperation({
  name: 'init',
  summary: 'Install the commands, skills and MCP entry for the agents of this project',
  description: [
    'Writes the four commands (parallel.status, parallel.cleanup, dev-session.start,',
    'dev-session.end) as skills and slash commands, an entry for the MCP server, and a marked block',
    'of four lines in AGENTS.md, for each agent that is found or named. Nothing else needs it: all',
    'other commands work without.',
    '',
    'Each file is recorded with its hash in .flight-rules/installed.json. What you have edited and',
    'what is not ours is kept and reported; in settings files only our own key is touched. Commit',
    'what it writes: a new session has only what is committed.',
    '',
    'Hooks are asked for apart: with them Claude Code makes its worktrees through flight-rules, and',
    'agents tell what they do (working, waiting, idle, gone), which status shows. The guard is asked',
    'for apart again: before each edit an agent hears if another session has changed the file, and',
    'with parallel.guard "block" writes that leave a session are refused.',
  ].join('\n'),
  effect: 'change',
  input: InitInput,
  flags: {
    agents: {
      about: `for whom: names with commas (${agents.map(({ id }) => id).join(', ')}), or detect, all, none`,
      value: 'LIST',
    },
    hooks: { about: 'worktree and activity hooks too' },
    guard: { about: 'a hook before edits too: advice, and what parallel.guard says' },
    noMcp: { about: 'without the entry for the MCP server' },
    gitattributes: { about: 'a line in .gitattributes: git merges docs/progress.md by union' },
    templates: { about: 'copy the templates of logs to .flight-rules/doc-templates, to be edited' },
    dryRun: { about: 'show what it would write' },
  },
  output: InstallReport,
  examples: [
    { args: 'init --agents detect', about: 'for every agent that is found here' },
    { args: 'init --agents claude,codex --hooks', about: 'for two of them, with hooks' },
    { args: 'init --guard', about: 'for those chosen before, the guard too' },
  ],
  run: async (input, context) => {
    const root = await checkoutOf(context);
    const ledger = await readLedger(root);
    const chosen = choose(input, ledger, root, context);
    if (chosen === null) return ask(input, root, context);
    return install(input, context, { root, ledger: ledger ?? emptyLedger, chosen });
  },
});

/** `null`: nobody has said for whom. */
function choose(
  input: InitInput,
  ledger: Ledger | null,
  root: AbsolutePath,
  context: OperationContext,
): readonly Agent[] | null {
  const before = agents.filter(({ id }) => ledger?.agents.includes(id) === true);
  if (input.agents === undefined) return ledger === null ? null : before;
  const named = chooseAgents(input.agents, { root, path: context.env['PATH'] ?? '' });
  // who was chosen before stays: leaving is for uninstall
  return agents.filter((agent) => before.includes(agent) || named.includes(agent));
}

async function install(
  input: InitInput,
  context: OperationContext,
  on: {
    readonly root: AbsolutePath;
    readonly ledger: Ledger;
    readonly chosen: readonly Agent[];
  },
): Promise<Outcome<InstallReport>> {
  const { root, ledger, chosen } = on;
  const spelling = spellingHere(context.env['PATH'] ?? '');
  const extras = extrasFor(input, ledger);
  const desired = await wantedParts(root, chosen, extras, spelling);
  const plan = await planInstall({ root, ledger, version: __VERSION__ }, desired, {
    absent: 'write',
    unwanted: 'keep',
  });
  const ids = chosen.map(({ id }) => id);
  if (chosen.length === 0 && input.agents === 'detect') context.warn(nobodyFound);
  const dryRun = input.dryRun === true;
  const nothing = desired.length === 0 && ledger.files.length === 0;
  const next = { ...ledger, spelling, agents: ids, extras: namesOf(extras) };
  const changed =
    dryRun || nothing
      ? []
      : await carryOut({ root, ledger, next, command: context.commandLine }, plan);
  return answer(context, { root, dryRun, agents: ids }, plan, changed);
}

const nobodyFound: Warning = {
  code: 'no-agent-found',
  message: 'No agent was found, neither here nor on PATH: nothing is installed for one.',
};

function extrasFor(input: InitInput, ledger: Ledger): Extras {
  const before = extrasOf(ledger.extras);
  return {
    mcp: input.noMcp !== true,
    hooks: before.hooks || input.hooks === true,
    guard: before.guard || input.guard === true,
    gitattributes: before.gitattributes || input.gitattributes === true,
    templates: before.templates || input.templates === true,
  };
}

function ask(
  input: InitInput,
  root: AbsolutePath,
  context: OperationContext,
): Outcome<InstallReport> {
  const found = detect(root, context.env['PATH'] ?? '');
  const names = found.map(({ name }) => name).join(', ');
  const ids = found.map(({ id }) => id).join(',');
  const given = [
    ...(input.hooks === true ? ['--hooks'] : []),
    ...(input.guard === true ? ['--guard'] : []),
    ...(input.noMcp === true ? ['--no-mcp'] : []),
    ...(input.gitattributes === true ? ['--gitattributes'] : []),
    ...(input.templates === true ? ['--templates'] : []),
    ...(input.dryRun === true ? ['--dry-run'] : []),
  ];
  const call = (list: string, ...more: readonly string[]): readonly string[] => [
    'init',
    '--agents',
    list,
    ...given.filter((one) => !more.includes(one)),
    ...more,
  ];
  const undo = 'flight-rules uninstall takes out exactly what it wrote.';
  const foundOnes =
    found.length > 0
      ? { available: true }
      : { available: false, unavailableWhy: 'no agent was found here or on PATH' };
  const what = 'skills, commands, an MCP entry and a block in AGENTS.md';
  const decision: Decision = {
    id: 'agents',
    question: 'For which agents should the commands be installed?',
    facts: { found: found.map(({ id }) => id), known: agents.map(({ id }) => id), root },
    choices: [
      {
        value: 'found',
        label: 'Those found here',
        effect: `${names === '' ? 'None' : names}: ${what}.`,
        undo,
        ...foundOnes,
        ...(found.length > 0 ? { recommended: true } : {}),
        args: call(ids === '' ? 'detect' : ids),
      },
      {
        value: 'found-hooks',
        label: 'The same, with hooks',
        effect: `${names === '' ? 'None' : names}: also the worktree hooks of Claude Code, and hooks that tell what each agent does.`,
        undo,
        ...foundOnes,
        args: call(ids === '' ? 'detect' : ids, '--hooks'),
      },
      {
        value: 'found-guard',
        label: 'The same, with hooks and the guard',
        effect: `${names === '' ? 'None' : names}: also a hook before each edit, which says that another session has changed the file.`,
        undo,
        ...foundOnes,
        args: call(ids === '' ? 'detect' : ids, '--hooks', '--guard'),
      },
      {
        value: 'all',
        label: 'All that are known',
        effect: `${agents.map(({ name }) => name).join(', ')}: ${what}.`,
        undo,
        available: true,
        args: call('all'),
      },
      {
        value: 'none',
        label: 'None',
        effect: 'No agent gets anything; the commands work without.',
        undo: 'flight-rules init asks again.',
        available: true,
        args: call('none'),
      },
    ],
    input: {
      flag: '--agents',
      repeatable: false,
      suggestions: agents.map(({ id }) => id),
      args: ['init', ...given],
    },
    ifDeclined: 'Nothing is installed.',
  };
  return undecided(decision);
}
