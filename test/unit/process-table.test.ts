import { describe, expect, test } from 'vitest';
import { absolute } from '../../src/kernel/path.ts';
import { parseLsof, parseProcStat, parsePs } from '../../src/kernel/process-readers.ts';
import { ancestors, callersOwn, type ProcessInfo } from '../../src/kernel/process-table.ts';

const worktree = absolute('/home/u/project-sessions/auth');
const inside = `${worktree}/src`;

/** `[pid, ppid, cwd, traits]`; traits: `leader`, `tty` */
type Row = readonly [number, number, string, ...string[]];

function table(...rows: readonly Row[]): Map<number, ProcessInfo> {
  return new Map(
    rows.map(([pid, ppid, cwd, ...traits]) => [
      pid,
      {
        pid,
        ppid,
        cwd,
        command: `program ${pid}`,
        startTime: String(pid),
        sessionLeader: traits.includes('leader'),
        terminal: traits.includes('tty'),
      },
    ]),
  );
}

/** Those in the worktree that are somebody else. */
function strangers(processes: Map<number, ProcessInfo>, caller: number): number[] {
  const own = callersOwn(processes, caller, worktree);
  return [...processes.values()]
    .filter(({ pid, cwd }) => cwd?.startsWith(worktree) === true && !own.has(pid))
    .map(({ pid }) => pid);
}

const init: Row = [1, 0, '/', 'leader'];

describe('the caller and its own', () => {
  test('a shell of a terminal that stands in the worktree is the caller', () => {
    const processes = table(
      init,
      [10, 1, '/home/u', 'leader'],
      [20, 10, inside, 'leader', 'tty'],
      [30, 20, inside, 'tty'],
    );
    expect(strangers(processes, 30)).toEqual([]);
  });

  test('an agent in the worktree whose terminal is elsewhere, with the shell it detached', () => {
    const processes = table(
      init,
      [10, 1, '/home/u', 'leader'],
      [20, 10, '/home/u', 'leader', 'tty'],
      [30, 20, inside, 'tty'],
      [31, 30, inside, 'tty'],
      [40, 30, inside, 'leader'],
      [50, 40, inside],
    );
    expect(strangers(processes, 50)).toEqual([]);
  });

  test('an editor from another shell of the same terminal is somebody else', () => {
    const processes = table(
      init,
      [10, 1, '/home/u', 'leader'],
      [20, 10, inside, 'leader', 'tty'],
      [30, 20, inside, 'tty'],
      [60, 10, '/home/u', 'leader', 'tty'],
      [61, 60, inside, 'tty'],
    );
    expect(strangers(processes, 30)).toEqual([61]);
  });

  test('a multiplexer started in the worktree does not answer for its other panes', () => {
    const processes = table(
      init,
      [10, 1, inside, 'leader'],
      [20, 10, inside, 'leader', 'tty'],
      [30, 20, inside, 'tty'],
      [60, 10, inside, 'leader', 'tty'],
      [61, 60, inside, 'tty'],
    );
    expect(strangers(processes, 30)).toEqual([10, 60, 61]);
  });

  test('a multiplexer below a service manager of the user is one too', () => {
    const processes = table(
      init,
      [5, 1, '/', 'leader'],
      [10, 5, inside, 'leader'],
      [20, 10, inside, 'leader', 'tty'],
      [60, 10, inside, 'leader', 'tty'],
    );
    expect(strangers(processes, 20)).toEqual([10, 60]);
  });

  test('pid 1 in the worktree does not answer for the machine', () => {
    const processes = table([1, 0, inside, 'leader'], [20, 1, inside], [60, 1, inside]);
    expect(strangers(processes, 20)).toEqual([1, 60]);
  });

  test('a caller outside answers for nobody in the worktree but what it started', () => {
    const processes = table(
      init,
      [20, 1, '/home/u', 'leader', 'tty'],
      [30, 20, '/home/u', 'tty'],
      [31, 30, inside, 'tty'],
      [60, 20, inside, 'tty'],
    );
    expect(strangers(processes, 30)).toEqual([60]);
  });

  test('ancestors between the caller and the last one inside count as own, wherever they are', () => {
    const processes = table(
      init,
      [20, 1, inside, 'tty'],
      [21, 20, '/home/u', 'tty'],
      [22, 21, inside, 'tty'],
      [30, 22, '/home/u', 'tty'],
    );
    expect(strangers(processes, 30)).toEqual([]);
  });

  test('a deep tree, and a neighbour folder whose name begins alike', () => {
    const deep = Array.from({ length: 3000 }, (_, n): Row => [n + 100, n + 99, inside]);
    const processes = table(init, [99, 1, '/home/u', 'leader', 'tty'], ...deep, [
      50,
      99,
      `${worktree}-two`,
    ]);
    expect(ancestors(processes, 3099)).toHaveLength(3001);
    const own = callersOwn(processes, 3099, worktree);
    expect(own.has(100)).toBe(true);
    expect(own.has(99)).toBe(false);
    expect(own.has(50)).toBe(false);
  });

  test('a table that runs in circles, or lacks the caller, ends', () => {
    expect(strangers(table([20, 30, inside], [30, 20, inside]), 20)).toEqual([]);
    expect(strangers(table(init, [60, 1, inside]), 77)).toEqual([60]);
  });
});

describe('what the platforms say', () => {
  test('a stat line whose name holds brackets and spaces', () => {
    const tail = Array.from({ length: 30 }, (_, n) => `${n + 100}`).join(' ');
    expect(parseProcStat(`42 (a) b (c)) S 7 42 42 34816 42 4194304 ${tail}`)).toMatchObject({
      pid: 42,
      ppid: 7,
      command: 'a) b (c)',
      sessionLeader: true,
      terminal: true,
      kernel: false,
      startTime: '112',
    });
    expect(parseProcStat('')).toBeNull();
  });

  test('ps and lsof of macOS', () => {
    const rows = parsePs(
      '    1     0 Ss   ??       Sun Nov 22 15:00:00 2026     /sbin/launchd\n' +
        '  812   811 S+   ttys001  Sun Nov  2 15:00:01 2026     node  a b\n',
    );
    expect(rows).toMatchObject([
      { pid: 1, ppid: 0, sessionLeader: true, terminal: false, command: '/sbin/launchd' },
      { pid: 812, ppid: 811, sessionLeader: false, terminal: true, command: 'node  a b' },
    ]);
    expect([...parseLsof('p1\nfcwd\nn/\np812\nfcwd\nn/Users/u/a b\n')]).toEqual([
      [1, '/'],
      [812, '/Users/u/a b'],
    ]);
  });
});
