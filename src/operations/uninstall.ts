/** `uninstall`: takes out exactly what is ours and as we wrote it, and keeps the rest. */
import * as z from 'zod/mini';
import { done } from '../kernel/outcome.ts';
import { carryOut } from '../agents/carry-out.ts';
import { removeLeftovers } from '../agents/leftovers.ts';
import { planRemoval } from '../agents/plan.ts';
import { answer, checkoutOf, readLedger } from './install.ts';
import { defineOperation } from './define.ts';
import { InstallReport } from './shapes/agents.ts';

export const UninstallInput = z.strictObject({ dryRun: z.optional(z.boolean()) });

export const uninstall = defineOperation({
  name: 'uninstall',
  summary: 'Take out what init wrote for agents',
  description: [
    'Takes out the files that are as they were written, our keys in settings files, our block in',
    'AGENTS.md, and folders that were made for them and are empty. What you have edited stays, and',
    'is yours from then on. Sessions, branches and records are not touched. Way back: init.',
  ].join('\n'),
  effect: 'destructive',
  input: UninstallInput,
  flags: { dryRun: { about: 'show what it would take out' } },
  output: InstallReport,
  examples: [{ args: 'uninstall --dry-run', about: 'what would go' }],
  run: async (input, context) => {
    const root = await checkoutOf(context);
    const ledger = await readLedger(root);
    const dryRun = input.dryRun === true;
    if (ledger === null) {
      // a first init that was killed may have left its record half-way
      if (!dryRun) await removeLeftovers(root, []).catch(() => undefined);
      return done({ root, dryRun, agents: [], files: [] });
    }
    const plan = await planRemoval({ root, ledger });
    const changed = dryRun
      ? []
      : await carryOut({ root, ledger, next: null, command: context.commandLine }, plan);
    return answer(context, { root, dryRun, agents: ledger.agents }, plan, changed);
  },
});
