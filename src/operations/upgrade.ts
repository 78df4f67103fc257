/**
 * `upgrade`: what is installed becomes what this version would write, as far as nobody has edited
 * it. What is new in this version comes, what it no longer has goes.
 */
import * as z from 'zod/mini';
import { done } from '../kernel/outcome.ts';
import { ours } from '../kernel/suggestion.ts';
import { agents } from '../agents/all.ts';
import { carryOut } from '../agents/carry-out.ts';
import { planInstall } from '../agents/plan.ts';
import { answer, checkoutOf, extrasOf, readLedger, wantedParts } from './install.ts';
import { defineOperation } from './define.ts';
import { InstallReport } from './shapes/agents.ts';

export const UpgradeInput = z.strictObject({ dryRun: z.optional(z.boolean()) });

export const upgrade = defineOperation({
  name: 'upgrade',
  summary: 'Bring what is installed for agents up to this version',
  description: [
    'Rewrites what is as it was written, keeps and reports what was edited, and never touches what',
    'is not ours. A file that was deleted stays deleted (init brings it back). What this version no',
    'longer has is taken out, unless it was edited.',
  ].join('\n'),
  effect: 'change',
  input: UpgradeInput,
  flags: { dryRun: { about: 'show what it would change' } },
  output: InstallReport,
  examples: [{ args: 'upgrade --dry-run', about: 'what this version would change' }],
  run: async (input, context) => {
    const root = await checkoutOf(context);
    const ledger = await readLedger(root);
    const dryRun = input.dryRun === true;
    if (ledger === null) {
      return done(
        { root, dryRun, agents: [], files: [] },
        { next: [ours(['init'], 'nothing is installed for agents here; this does it')] },
      );
    }
    const chosen = agents.filter(({ id }) => ledger.agents.includes(id));
    const desired = await wantedParts(root, chosen, extrasOf(ledger.extras), ledger.spelling);
    const plan = await planInstall({ root, ledger, version: __VERSION__ }, desired, {
      absent: 'leave',
      unwanted: 'remove',
    });
    const changed = dryRun
      ? []
      : await carryOut({ root, ledger, next: ledger, command: context.commandLine }, plan);
    return answer(context, { root, dryRun, agents: ledger.agents }, plan, changed);
  },
});
