/** The line of `/proc/<pid>/stat`, taken apart in one place: where its fields begin is a trap. */

export interface ProcStat {
  readonly pid: number;
  /** at most 15 characters, of any kind */
  readonly name: string;
  /** it has ended, and nobody has fetched its status yet */
  readonly ended: boolean;
  readonly ppid: number;
  readonly session: number;
  /** 0: it has no controlling terminal */
  readonly tty: number;
  readonly flags: number;
  /** clock ticks since boot */
  readonly startTime: string;
}

/** Pure. `null` for what is no such line. */
export function parseStat(text: string): ProcStat | null {
  // the name, in parentheses, may itself hold parentheses and blanks
  const close = text.lastIndexOf(')');
  const open = text.indexOf('(');
  if (open < 0 || close < open) return null;
  const pid = Number(text.slice(0, open));
  // state ppid pgrp session tty_nr tpgid flags … ; start time is field 22 of the line
  const rest = text.slice(close + 2).split(' ');
  const startTime = rest[19];
  if (!Number.isInteger(pid) || startTime === undefined || startTime === '') return null;
  return {
    pid,
    name: text.slice(open + 1, close),
    ended: /^[ZXx]$/u.test(rest[0] ?? ''),
    ppid: Number(rest[1]),
    session: Number(rest[3]),
    tty: Number(rest[4]),
    flags: Number(rest[6]),
    startTime,
  };
}
