/** `agents doctor`: what each agent has of ours, and what it still needs. Reads only. */
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import * as z from 'zod/mini';
import { done } from '../kernel/outcome.ts';
import { ours, type Suggestion } from '../kernel/suggestion.ts';
import { agents } from '../agents/all.ts';
import { detect } from '../agents/choose.ts';
import { shadowing, stateOf, type PartState } from '../agents/doctor.ts';
import { emptyLedger } from '../agents/ledger.ts';
import { spellingHere } from '../agents/spelling.ts';
import { isTrusted } from '../agents/trusted.ts';
import { checkoutOf, extrasOf, readLedger, wantedParts } from './install.ts';
import { defineOperation } from './define.ts';
import { DoctorReport } from './shapes/agents.ts';

export const DoctorInput = z.strictObject({});

export const agentsDoctor = defineOperation({
  name: 'agents doctor',
  summary: 'Show for each agent what is installed, stale, edited, shadowed or untrusted',
  description: [
    'Looks at what init wrote into this checkout, and where the agents keep what they trust. Changes',
    'nothing, and trusts nothing in your name.',
  ].join('\n'),
  effect: 'read',
  input: DoctorInput,
  flags: {},
  output: DoctorReport,
  examples: [{ args: 'agents doctor', about: 'how it stands in this checkout' }],
  run: async (_input, context) => {
    const root = await checkoutOf(context);
    const { env } = context;
    const configured = env['HOME'];
    const home = configured !== undefined && isAbsolute(configured) ? configured : homedir();
    const recorded = await readLedger(root);
    const ledger = recorded ?? { ...emptyLedger, spelling: spellingHere(env['PATH'] ?? '') };
    const found = detect(root, env['PATH'] ?? '');
    const chosen = agents.filter(({ id }) => ledger.agents.includes(id));
    const desired = await wantedParts(root, chosen, extrasOf(ledger.extras), ledger.spelling);
    const states = await Promise.all(
      desired.map(async (part) => ({ part, state: await stateOf(root, part, ledger) })),
    );
    const of = (id: string | null): PartState[] =>
      states
        .filter(({ part }) => (id === null ? part.agents.length === 0 : part.agents.includes(id)))
        .map(({ state }) => state);
    const list = await Promise.all(
      agents.map(async (agent) => {
        const isChosen = chosen.includes(agent);
        const trusted = isChosen ? await isTrusted(agent, { root, home, env }) : null;
        return {
          agent: agent.id,
          name: agent.name,
          found: found.includes(agent),
          chosen: isChosen,
          trusted,
          ...(isChosen && trusted !== true ? { trustNote: agent.trustNote } : {}),
          files: isChosen ? [...of(agent.id), ...shadowing(agent, { root, home })] : [],
        };
      }),
    );
    const project = of(null);
    const all = states.map(({ state }) => state);
    const report = { root, version: __VERSION__, agents: list, project };
    return done(report, { next: nextSteps(all, recorded === null) });
  },
});

function nextSteps(states: readonly PartState[], nothing: boolean): Suggestion[] {
  if (nothing) return [ours(['init'], 'nothing is installed for agents here; this does it')];
  const some = (state: PartState['state']): boolean => states.some((one) => one.state === state);
  return [
    ...(some('stale') ? [ours(['upgrade'], 'rewrites what is of another version')] : []),
    ...(some('missing') ? [ours(['init'], 'brings back what is missing')] : []),
  ];
}
