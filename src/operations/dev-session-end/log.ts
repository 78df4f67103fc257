/** Which log an end completes: the one decided on before, the session's, or a new one. */
import type { AbsolutePath } from '../../kernel/path.ts';
import { readCheckoutFile } from '../../workflow/checkout-file.ts';
import { sectionText } from '../../workflow/complete.ts';
import type { Draft } from '../../workflow/draft.ts';
import { logFolder, logName, type LocalTime, type ParsedLogName } from '../../workflow/log-name.ts';
import { listLogs } from '../../workflow/log-place.ts';
import { relative } from 'node:path';
import type { EndPlace } from './plan.ts';

export interface FoundLog {
  /** relative, with `/` */
  readonly path: string;
  /** when it was begun, as git reads dates; `null` for a new one, and for one that is finished */
  readonly since: string | null;
}

/** @throws FlightError `odd-file` */
export async function findLog(place: EndPlace, draft: Draft, at: LocalTime): Promise<FoundLog> {
  const { session, checkout } = place;
  const known = draft.log ?? recorded(place);
  if (known !== null) return { path: known, since: await sinceOf(checkout, known) };
  const logs = (await listLogs(checkout)).filter(
    (log) => log.session === (session === null ? null : session.name),
  );
  const found =
    session === null ? await openOne(place, logs, draft.summary) : (logs[0]?.name ?? null);
  if (found !== null)
    return { path: inFolder(found), since: await sinceOf(checkout, inFolder(found)) };
  for (let nth = 1; ; nth += 1) {
    const path = inFolder(logName(at, session?.name ?? null, nth));
    if ((await readCheckoutFile(checkout, path)).text === null) return { path, since: null };
  }
}

/** The path in the record, if it lies in the checkout. */
function recorded({ session, checkout }: EndPlace): string | null {
  const log = session?.record?.log;
  if (log === undefined) return null;
  const path = log.startsWith('/') ? relative(checkout, log) : log;
  const parts = path.split('/');
  const safe = parts.every((part) => part !== '' && part !== '.' && part !== '..');
  return safe && !parts.includes('.git') ? path : null;
}

/**
 * Outside of a session: the newest log that is not finished, or the one that holds this very
 * summary already.
 */
async function openOne(
  { checkout }: EndPlace,
  logs: readonly ParsedLogName[],
  summary: string | null,
): Promise<string | null> {
  const newest = logs[0];
  if (newest === undefined) return null;
  const { text } = await readCheckoutFile(checkout, inFolder(newest.name));
  const said = sectionText(text ?? '', 'Summary');
  const same = summary === null || said.includes(summary.replaceAll(/\r\n?/gu, '\n').trim());
  return said === '' || same ? newest.name : null;
}

function inFolder(name: string): string {
  return [...logFolder, name].join('/');
}

/** `20261122_1403_…` is `2026-11-22 14:03`; a log that has its summary is finished. */
async function sinceOf(checkout: AbsolutePath, path: string): Promise<string | null> {
  const name = path.split('/').at(-1) ?? '';
  const match = /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})_(?<h>\d{2})(?<min>\d{2})_/u.exec(name)?.groups;
  if (match === undefined) return null;
  const { text } = await readCheckoutFile(checkout, path);
  if (sectionText(text ?? '', 'Summary') !== '') return null;
  return `${match['y']}-${match['m']}-${match['d']} ${match['h']}:${match['min']}`;
}
