/** What is said of a session that came back, and kept in its record. */
import { trusted } from '../../kernel/brand.ts';
import { said } from '../../kernel/catalogue/entry.ts';
import { isoSeconds } from '../../kernel/clock.ts';
import { describe, isFlightError } from '../../kernel/errors.ts';
import { branchRef, parseBranchName } from '../../git/oid.ts';
import { readRef, type RefChange } from '../../git/refs.ts';
import { readRecord } from '../../integration/intent.ts';
import type { Held } from '../../safety/held.ts';
import type { SessionKey } from '../../sessions/name.ts';
import type { Project } from '../../sessions/project.ts';
import type { CameBack, QueueEntry } from '../../sessions/queue.ts';
import { recordChange, type Registry } from '../../sessions/registry.ts';
import type { OperationContext } from '../context.ts';
import { SentBackByVerification } from './judge.ts';

/** What ends the whole queue, whichever session it strikes. */
const stopping = new Set<string>([
  'busy',
  'not-writable',
  'disk-failed',
  'git-failed',
  'git-timeout',
  'git-missing',
  'manifest-newer',
  'manifest-foreign',
  'no-identity',
  'base-red',
  'bug',
  'interrupted',
]);

/** What failed for this session alone, whichever exit code it has. */
const ownFailures = new Set<string>(['hook-failed', 'sign-failed', 'push-failed', 'forge-failed']);

/** So much of what verification printed is kept in the queue and in records. */
const keptOutput = 4_000;

/** @returns `null` for what is no session's fault: it ends the queue */
export function cameBack(error: unknown, entry: QueueEntry): CameBack | null {
  if (error instanceof SentBackByVerification) return notGood(error.found);
  if (!isFlightError(error) || stopping.has(error.code)) return null;
  const { exit, message } = describe(error);
  const { code } = error;
  const paths = 'paths' in error.data && Array.isArray(error.data.paths) ? error.data.paths : null;
  const more = { code, ...(paths === null ? {} : { paths: paths.map(String) }) };
  if (isFlightError(error, 'conflicts')) {
    const message = `It conflicts with ${entry.base} in ${some(paths ?? [])}.`;
    return { reason: 'conflicts', message, ...more };
  }
  if (code === 'plan-changed' || code === 'no-such-session') {
    return { reason: 'changed', message: sentence(message), ...more };
  }
  if (ownFailures.has(code)) return { reason: 'failed', message: sentence(message), ...more };
  const refused = [2, 3, 4, 7].includes(exit);
  return refused ? { reason: 'refused', message: sentence(message), ...more } : null;
}

export function hasChanged(what: string): CameBack {
  return { reason: 'changed', message: what };
}

/** The same, with the session it has met. */
export function metWith(back: CameBack, name: string): CameBack {
  const message =
    back.reason === 'conflicts'
      ? `It conflicts with ${name}, which landed before it, in ${some(back.paths ?? [])}.`
      : `Together with ${name} it fails verification${howEnded(back.exit)}; alone it passes.`;
  return { ...back, message, with: name };
}

function notGood(found: SentBackByVerification['found']): CameBack {
  const { command, kind } = found;
  const output = found.output.slice(-keptOutput);
  switch (kind) {
    case 'red': {
      const { exit } = found;
      const message = `It fails verification${howEnded(exit)}.`;
      return { reason: kind, message, command, exit, output };
    }
    case 'late':
      return { reason: kind, message: 'Verification did not end in time.', command, output };
    case 'not-started':
      return { reason: kind, message: `Verification could not be started: ${output}.`, command };
  }
}

function howEnded(exit: number | null | undefined): string {
  if (exit === undefined) return '';
  return exit === null ? ' (ended by a signal)' : ` (exit ${exit})`;
}

/** A few paths, and how many there are beside them. */
function some(paths: readonly unknown[]): string {
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return paths.slice(0, 3).join(', ') + more;
}

/** The first line, and what it lists, as one line. */
function sentence(message: string): string {
  return said(message.replaceAll(/\s*\n\s*/gu, ' '));
}

/**
 * The change that notes it in the session's record; none if somebody is at work on the session, or
 * it is another one by now.
 */
export async function noteInRecord(
  context: OperationContext,
  project: Project,
  held: Held,
  entry: QueueEntry,
  back: CameBack,
): Promise<readonly RefChange[]> {
  if (back.reason === 'changed') return [];
  const key = trusted<SessionKey>(entry.key);
  const at = await readRecord(held.git, project, key);
  if (at === null || at.record.token !== entry.token || at.record.intent !== undefined) return [];
  const branch = parseBranchName(entry.base);
  const oid =
    branch === null ? null : await readRef(held.git, project.commonDir, branchRef(branch));
  const { code: _, ...what } = back;
  const sentBack = {
    ...what,
    at: isoSeconds(context.clock.now()),
    tip: entry.tip,
    base: { name: entry.base, oid },
  };
  return [await recordChange(held.git, project.commonDir, key, at.oid, { ...at.record, sentBack })];
}

/** The trash entry of exactly this session, if it ended by a merge. */
export function endedByMerge({ trash }: Registry, entry: QueueEntry): boolean {
  return trash.some(
    ({ entry: one }) => one.record.token === entry.token && one.strategy === 'merge',
  );
}
