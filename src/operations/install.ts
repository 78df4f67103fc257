/** What `init`, `upgrade` and `uninstall` share: the checkout they work on, and their answer. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { done, type Outcome, type Warning } from '../kernel/outcome.ts';
import { templatesFolder } from '../kernel/package-folder.ts';
import { below, type AbsolutePath } from '../kernel/path.ts';
import { ours } from '../kernel/suggestion.ts';
import type { Agent } from '../agents/agent.ts';
import { desiredParts, type DesiredPart, type Extras } from '../agents/desired.ts';
import { lookAt } from '../agents/disk.ts';
import { ledgerPath, parseLedger, type Ledger } from '../agents/ledger.ts';
import type { PartReport, Plan } from '../agents/plan.ts';
import { spellingOf, type SpellingKind } from '../agents/spelling.ts';
import { packageTexts } from '../agents/texts.ts';
import { openRepository } from '../git/repository.ts';
import type { OperationContext } from './context.ts';
import type { InstallReport } from './shapes/agents.ts';

type InstallReport = z.infer<typeof InstallReport>;

/**
 * The checkout the command was started in, main or a session's: files are installed there, and
 * travel by git.
 * @throws FlightError `not-a-repository`, also where there is no checkout
 */
export async function checkoutOf(context: OperationContext): Promise<AbsolutePath> {
  const { worktree } = await openRepository(context.git, context.directory);
  if (worktree === null) {
    const why = 'there is no checkout here to install anything into';
    throw new FlightError('not-a-repository', { directory: context.directory, why });
  }
  context.located(worktree);
  return worktree;
}

/** @throws FlightError `install-record-unreadable` */
export async function readLedger(root: AbsolutePath): Promise<Ledger | null> {
  const file = below(root, ledgerPath);
  const place = await lookAt(root, ledgerPath);
  if (place.kind === 'in-the-way') {
    throw new FlightError('install-record-unreadable', { file, why: place.why });
  }
  return parseLedger(place.kind === 'file' ? place.text : null, file);
}

/** Every part that should be there. */
export async function wantedParts(
  root: AbsolutePath,
  chosen: readonly Agent[],
  extras: Extras,
  spelling: SpellingKind,
): Promise<readonly DesiredPart[]> {
  const texts = await packageTexts(templatesFolder());
  return desiredParts(chosen, extras, texts, spellingOf(spelling), (path) =>
    existsSync(join(root, path)),
  );
}

export function extrasOf(names: readonly string[]): Extras {
  return {
    mcp: names.includes('mcp'),
    hooks: names.includes('hooks'),
    guard: names.includes('guard'),
    gitattributes: names.includes('gitattributes'),
    templates: names.includes('templates'),
  };
}

export function namesOf(extras: Extras): string[] {
  return Object.entries(extras)
    .filter(([, wanted]: [string, boolean]) => wanted)
    .map(([name]) => name);
}

/**
 * The answer, once everything that can be done is done.
 * @throws FlightError `install-incomplete` with the whole answer in its data
 */
export function answer(
  context: OperationContext,
  about: Pick<InstallReport, 'root' | 'dryRun' | 'agents'>,
  plan: Plan,
  changed: readonly string[],
): Outcome<InstallReport> {
  const files = plan.reports.map((report): PartReport => {
    if (!changed.includes(report.path) || report.did === 'unchanged') return report;
    return { ...report, did: 'failed', why: 'it changed while this command ran' };
  });
  const problems = files
    .filter(({ did }) => did === 'failed')
    .map(({ path, why }) => ({ path, why: why ?? 'unknown why' }));
  const data = { ...about, files };
  const once = [...new Map(problems.map((problem) => [problem.path, problem])).values()];
  if (once.length > 0 && !about.dryRun) {
    const command = context.commandLine;
    throw new FlightError('install-incomplete', { problems: once, command, ...data });
  }
  const news = !about.dryRun && files.some(({ did }) => did === 'written' || did === 'updated');
  const warnings = [...files.flatMap(keptWarning), ...(news ? [commitThese] : [])];
  return done(data, {
    warnings,
    next: news
      ? [ours(['agents', 'doctor'], 'shows what is installed, and what each agent still needs')]
      : [],
  });
}

function keptWarning({ path, at, did, why }: PartReport): Warning[] {
  const place = at === undefined ? path : `${at.join('.')} in ${path}`;
  if (did === 'failed') return [{ code: 'left-alone', message: `${place}: ${why ?? ''}.` }];
  if (did !== 'kept') return [];
  return why === 'modified'
    ? [{ code: 'kept-modified', message: `${place} was edited and is kept as it is.` }]
    : [{ code: 'kept-foreign', message: `${place} is not ours and is kept as it is.` }];
}

const commitThese: Warning = {
  code: 'commit-these',
  message: 'Commit what was written: a new session has what is committed, and nothing else.',
};
