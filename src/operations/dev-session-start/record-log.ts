/**
 * A session's log: written into its worktree and recorded, under the lock, so that two that start
 * at once write one. Killed between the file and the record, the next start finds the file.
 */
import { FlightError } from '../../kernel/errors.ts';
import { faultPoint } from '../../kernel/faults.ts';
import { absolute, below, type AbsolutePath } from '../../kernel/path.ts';
import { oid } from '../../git/oid.ts';
import { real } from '../../git/repository.ts';
import { entriesAt } from '../../git/tree-level.ts';
import { replaceRecord } from '../../safety/registration.ts';
import type { SessionFacts } from '../../sessions/facts.ts';
import type { Project } from '../../sessions/project.ts';
import type { SessionRecord } from '../../sessions/record.ts';
import { localTime, logFolder, logName, parseLogName } from '../../workflow/log-name.ts';
import { listLogs, readLogText, writeLog } from '../../workflow/log-place.ts';
import { newLog } from '../../workflow/session-log.ts';
import { readTemplate } from '../../workflow/templates.ts';
import { busy } from '../busy.ts';
import { change } from '../change.ts';
import type { OperationContext } from '../context.ts';

export interface LoggedSession {
  readonly record: SessionRecord;
  readonly worktree: AbsolutePath;
  /** relative to the worktree, with `/` */
  readonly log: string;
}

/**
 * The log the session has, `null` if it has none: the recorded one, else one of its name that was
 * written since it began and that it did not inherit from its base (one process, `ls-tree`).
 */
export async function existingLog(
  project: Project,
  worktree: AbsolutePath,
  record: SessionRecord,
  zone: string | undefined,
): Promise<string | null> {
  if (record.log !== undefined && (await readLogText(worktree, record.log)) !== null) {
    return record.log;
  }
  const began = localTime(new Date(record.startedAt), zone);
  const first = parseLogName(logName(began, record.name, 1))?.stamp ?? '';
  const logs = await listLogs(worktree);
  const own = logs.filter(({ session, stamp }) => session === record.name && stamp >= first);
  if (own.length === 0) return null;
  const folder = logFolder.join('/');
  const { git, commonDir } = project;
  const inherited = await entriesAt(git, commonDir, oid(record.base.oid), [`${folder}/`]);
  const old = new Set(inherited.map(({ path }) => path));
  // the oldest since it began is the one that was written when it did
  const log = own.map(({ name }) => `${folder}/${name}`).findLast((path) => !old.has(path));
  return log ?? null;
}

/**
 * Gives session `name` its log if it has none, and records it.
 * @throws FlightError `log-place-unsafe`, `session-busy`, what `change` throws
 */
export async function ensureLog(
  context: OperationContext,
  project: Project,
  name: string,
): Promise<LoggedSession> {
  return change(context, project, async ({ facts, held, project: inner, takeOver }) => {
    const found = facts.sessions.find((one) => one.name === name);
    const session = found === undefined ? undefined : await takeOver(found);
    const { record, worktree, privateDir } = wholeSession(context, name, session);
    const there = await existingLog(inner, worktree, record, context.env['TZ']);
    const log = there ?? (await write(context, inner, { record, worktree, privateDir }));
    if (record.log === log) return { record, worktree, log };
    const recorded: SessionRecord = { ...record, log };
    const { key, recordOid } = session ?? {};
    if (key !== undefined && recordOid !== undefined && recordOid !== null) {
      faultPoint('log.record:before');
      await replaceRecord(held.git, inner, key, recordOid, recorded);
      faultPoint('log.record:after');
    }
    return { record: recorded, worktree, log };
  });
}

/**
 * What is needed of a session one stands in.
 * @throws FlightError naming why it is not whole
 */
export function wholeSession(
  context: OperationContext,
  name: string,
  session: SessionFacts | undefined,
): {
  readonly record: SessionRecord;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
} {
  if (session === undefined) throw new FlightError('no-such-session', { name, known: [] });
  const { record, place } = session;
  if (record === null) {
    throw new FlightError('broken-record', { name, why: session.broken ?? 'unknown' });
  }
  if (record.intent !== undefined) throw busy(context, session);
  switch (place.kind) {
    case 'present':
      if (session.health === 'unknown') {
        throw new FlightError('not-ours', { name, why: `branch ${session.branch} is gone` });
      }
      return { record, worktree: place.path, privateDir: place.privateDir };
    case 'moved':
      throw new FlightError('session-moved', { name, from: place.from, to: place.to });
    case 'gone':
    case 'put-away':
      throw new FlightError('no-worktree', { name, state: record.state });
    case 'not-ours':
    case 'unknown':
      throw new FlightError('not-ours', { name, why: place.why });
  }
}

async function write(
  context: OperationContext,
  project: Project,
  session: {
    readonly record: SessionRecord;
    readonly worktree: AbsolutePath;
    readonly privateDir: AbsolutePath;
  },
): Promise<string> {
  const { record, worktree, privateDir } = session;
  const checkout = await real(worktree);
  const own = project.mainCheckout === null ? [] : [project.mainCheckout];
  const template = await readTemplate('session-log.md', [checkout, ...own]);
  for (const warning of template.warnings) context.warn(warning);
  const at = localTime(context.clock.now(), context.env['TZ']);
  const { name, branch, base, goals } = record;
  return writeLog({
    checkout,
    staging: below(privateDir, 'flight-rules'),
    at,
    session: name,
    text: newLog(template.text, {
      ...at,
      goals,
      session: { name, branch, worktree: absolute(worktree), base },
    }),
  });
}
