/**
 * How logs are named: `docs/session_logs/YYYYMMDD_HHMM_session.md`, in a session
 * `YYYYMMDD_HHMM_<name>_session.md`; a name that is taken gets `-2` (`…_session-2.md`), then `-3`.
 * Time is that of the user's clock and zone. Pure.
 */

/** Relative to the checkout, in segments. */
export const logFolder: readonly string[] = ['docs', 'session_logs'];

/** A moment as the user's clock shows it. */
export interface LocalTime {
  /** `2026-11-22` */
  readonly date: string;
  /** `14:03` */
  readonly time: string;
}

/** @param zone `TZ` of the caller; without it, or if it is no zone's name, the machine's */
export function localTime(now: Date, zone: string | undefined): LocalTime {
  const parts = partsIn(now, zone) ?? partsIn(now, undefined) ?? new Map<string, string>();
  const part = (name: string): string => parts.get(name) ?? '';
  return {
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

function partsIn(now: Date, zone: string | undefined): Map<string, string> | null {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      ...(zone === undefined || zone === '' ? {} : { timeZone: zone }),
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  } catch {
    // `:/etc/localtime` and `EST5EDT4` are zones to the system, not to Intl
    return null;
  }
}

/**
 * The name of a log's file.
 * @param session its name, `null` in a standard session
 * @param nth 1 for the first of this minute
 */
export function logName(at: LocalTime, session: string | null, nth: number): string {
  const stamp = `${at.date.replaceAll('-', '')}_${at.time.replace(':', '')}`;
  const whose = session === null ? '' : `${session}_`;
  return `${stamp}_${whose}session${nth < 2 ? '' : `-${nth}`}.md`;
}

export interface ParsedLogName {
  readonly name: string;
  /** `YYYYMMDD_HHMM` */
  readonly stamp: string;
  readonly session: string | null;
  readonly nth: number;
}

/** `null` for a file that is not named like a log. */
export function parseLogName(name: string): ParsedLogName | null {
  const match =
    /^(?<stamp>\d{8}_\d{4})_(?:(?<session>.+)_)?session(?:-(?<nth>\d{1,4}))?\.md$/u.exec(
      name,
    )?.groups;
  const stamp = match?.['stamp'];
  if (stamp === undefined) return null;
  return {
    name,
    stamp,
    session: match?.['session'] ?? null,
    nth: Number(match?.['nth'] ?? '1'),
  };
}

/** The logs among `names`, the newest first. */
export function newestLogs(names: readonly string[]): readonly ParsedLogName[] {
  return names
    .map(parseLogName)
    .filter((one) => one !== null)
    .toSorted((a, b) => {
      if (a.stamp !== b.stamp) return a.stamp < b.stamp ? 1 : -1;
      if (a.nth !== b.nth) return b.nth - a.nth;
      return a.name < b.name ? -1 : 1;
    });
}
