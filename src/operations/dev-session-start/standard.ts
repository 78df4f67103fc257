/** A standard session: work goes on in the main checkout, which gets a log. Nothing is recorded. */
import { done, type Outcome } from '../../kernel/outcome.ts';
import { FlightError } from '../../kernel/errors.ts';
import type { AbsolutePath } from '../../kernel/path.ts';
import { real } from '../../git/repository.ts';
import { refusedFolders } from '../../safety/writable.ts';
import { privateFolder, type Project } from '../../sessions/project.ts';
import { localTime } from '../../workflow/log-name.ts';
import { checkLogFolder, logPath, logsOf, writeLog } from '../../workflow/log-place.ts';
import { newLog } from '../../workflow/session-log.ts';
import { readTemplate } from '../../workflow/templates.ts';
import type { OperationContext } from '../context.ts';
import type { StartReport } from '../shapes/dev-session-start.ts';

/**
 * May a standard session begin?
 * @returns real path of the main checkout
 * @throws FlightError `no-checkout`, `log-place-unsafe`, `not-writable`
 */
export async function standardCheckout(
  project: Project,
  command: readonly string[],
): Promise<AbsolutePath> {
  if (project.mainCheckout === null) throw new FlightError('no-checkout', { root: project.root });
  const checkout = await real(project.mainCheckout);
  await checkLogFolder(checkout);
  const folders = await refusedFolders([logsOf(checkout)]);
  if (folders.length > 0) throw new FlightError('not-writable', { folders, command });
  return checkout;
}

/** @throws FlightError as `standardCheckout` */
export async function startStandard(
  context: OperationContext,
  project: Project,
  session: Pick<StartReport, 'goals' | 'tasks' | 'context'>,
): Promise<Outcome<StartReport>> {
  const checkout = await standardCheckout(project, context.commandLine);
  const template = await readTemplate('session-log.md', [checkout]);
  for (const warning of template.warnings) context.warn(warning);
  const at = localTime(context.clock.now(), context.env['TZ']);
  const log = await writeLog({
    checkout,
    staging: privateFolder(project),
    at,
    session: null,
    text: newLog(template.text, { ...at, goals: session.goals, session: null }),
  });
  return done(
    { mode: 'standard' as const, log: logPath(checkout, log), ...session },
    { next: [{ args: ['dev-session', 'end'], why: 'ends it: summary, log, progress' }] },
  );
}
