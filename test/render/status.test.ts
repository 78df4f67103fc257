// What people see of a status: the picture, and that hostile texts stay text.
import { beforeAll, describe, expect, test } from 'vitest';
import type { SessionStatus, StatusReport } from '../../src/operations/shapes/status.ts';
import { rendererOf } from '../../src/render/human/renderers.ts';
import type { View } from '../../src/render/human/view.ts';
import { loadWidths, width } from '../../src/render/widths.ts';
import { theme } from '../../src/render/theme.ts';

beforeAll(loadWidths);

const view: View = {
  width: 80,
  theme: theme('plain'),
  now: new Date('2026-11-22T15:22:00Z'),
  home: '/home/me',
  command: (args) => ['flight-rules', ...args].join(' '),
};

const auth: SessionStatus = {
  name: 'auth-jwt',
  state: 'active',
  health: 'ok',
  needs: [],
  branch: 'session/auth-jwt',
  worktree: '/home/me/code/my-project-sessions/auth-jwt',
  base: { name: 'main', ahead: 3, behind: 2 },
  changes: { staged: 0, modified: 2, untracked: 1, conflicted: 0 },
  onlyHere: 3,
  goals: ['Replace session cookies by signed tokens'],
  startedAt: '2026-11-22T12:00:00Z',
  lastActivityAt: '2026-11-22T15:00:00Z',
  activity: { is: 'working', since: '2026-11-22T14:02:00Z', source: 'claude' },
};

const report: StatusReport = {
  here: { kind: 'main' },
  summary: { total: 3, active: 1, inReview: 1, orphaned: 1, needYou: 1 },
  project: {
    name: 'my-project',
    root: '/home/me/code/my-project',
    sessionsDir: '/home/me/code/my-project-sessions',
  },
  main: { branch: 'main', dirty: false, modified: 0, untracked: 0, behindUpstream: 2 },
  sessions: [
    {
      ...auth,
      name: 'billing-export',
      health: 'orphaned',
      needs: ['orphaned'],
      base: { name: 'main', ahead: 4, behind: 2 },
      changes: null,
      onlyHere: 4,
      goals: ['Export invoices as CSV'],
      startedAt: '2026-11-20T09:12:00Z',
      activity: null,
      next: [
        {
          command: 'flight-rules parallel restore billing-export',
          why: 'bring it back',
        },
      ],
    },
    auth,
    {
      ...auth,
      name: 'ui-polish',
      state: 'in-review',
      worktree: null,
      base: { name: 'main', ahead: 6, behind: null },
      changes: null,
      goals: ['Even spacing in the settings pages'],
      activity: null,
      pullRequest: { url: 'https://example.invalid/214', number: 214 },
    },
  ],
  strays: [
    { path: '/home/me/code/my-project/.claude/worktrees/fix-typo', branch: 'fix', owner: 'claude' },
  ],
  interrupted: [],
  trash: { count: 3, bytes: 212_298_112, oldestExpiresAt: '2026-11-29T12:00:00Z' },
  enter: 'cd "$(flight-rules parallel path NAME)" && claude',
  observedAt: '2026-11-22T15:22:00Z',
};

async function shown(data: StatusReport): Promise<readonly string[]> {
  return (await rendererOf('parallel status'))(data, view);
}

describe('status for people', () => {
  test('the picture', async () => {
    expect(`\n${(await shown(report)).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      my-project  3 sessions: 1 active, 1 in review, 1 orphaned. 1 needs you.

      ! billing-export   ORPHANED    main +4 -2   folder gone   started 2 days ago
          Export invoices as CSV
          Its folder is gone. 4 commits are only on its branch.
          > bring it back:  flight-rules parallel restore billing-export
        auth-jwt         active      main +3 -2   2 mod 1 new   started 3 h ago
          Replace session cookies by signed tokens    claude, working since 14:02
        ui-polish   in review   main +6 -unknown   folder put away   started 3 h ago
          Even spacing in the settings pages          PR #214

      Main checkout  ~/code/my-project  main, clean, 2 behind its upstream
      Stray          .claude/worktrees/fix-typo  fix, claude, not ours
      Trash          3 entries, 212 MB, oldest may be emptied from 29 Nov
      Go there       cd "$(flight-rules parallel path NAME)" && claude
      "
    `);
  });

  test('a pull request as its forge tells it, on lines that fit', async () => {
    const [, , review] = report.sessions;
    const of = async (more: object): Promise<string> => {
      const pullRequest = {
        url: 'https://example.invalid/214',
        number: 214,
        state: 'open',
        checks: { passing: 3, failing: 0, pending: 0 },
        review: 'approved',
        observedAt: '2026-11-22T11:20:00Z',
        ...more,
      } as const;
      const sessions = review === undefined ? [] : [{ ...review, pullRequest }];
      const lines = await shown({ ...report, sessions });
      expect(lines.every((line) => width(line) <= 80)).toBe(true);
      return lines.find((line) => line.includes('PR #214'))?.trim() ?? '';
    };
    expect(await of({})).toBe('PR #214, checks passing, approved, open, state as of 11:20');
    expect(
      await of({ checks: { passing: 3, failing: 2, pending: 1 }, review: 'changes-requested' }),
    ).toBe('PR #214, 2 of 6 checks failing, changes requested, open, state as of 11:20');
    expect(
      await of({ checks: { passing: 3, failing: 0, pending: 1 }, review: 'review-required' }),
    ).toBe('PR #214, 1 of 4 checks pending, review required, open, state as of 11:20');
    expect(
      await of({ checks: { passing: 0, failing: 0, pending: 0 }, review: 'none', state: 'draft' }),
    ).toBe('PR #214, no checks, draft, state as of 11:20');
    expect(await of({ checks: null, review: null })).toContain('checks unknown, review unknown');
    expect(await of({ state: 'merged', checks: null })).toContain('#214, merged, state as of');
    expect(await of({ state: null })).toMatch(/PR #214, state unknown$/u);
  });

  test('a main checkout that became dirty', async () => {
    const becameDirty = { since: '2026-11-22T12:00:00Z', count: 2, paths: ['a', 'b'] };
    const main = { branch: 'main', dirty: true, modified: 3, untracked: 0, becameDirty };
    const lines = await shown({ ...report, main });
    expect(lines.join(' ')).toContain('main, 3 mod, 2 of these since sessions began');
  });

  test('an empty project says how to start', async () => {
    const summary = { total: 0, active: 0, inReview: 0, orphaned: 0, needYou: 0 };
    const lines = await shown({
      ...report,
      summary,
      sessions: [],
      strays: [],
      trash: { count: 0, bytes: 0 },
    });
    expect(lines).toEqual([
      'my-project  No sessions. Start one:',
      '  flight-rules parallel create NAME --goal "..."',
      '',
      'Main checkout  ~/code/my-project  main, clean, 2 behind its upstream',
    ]);
  });

  test('names, goals and branches cannot forge lines or steer the terminal', async () => {
    const evil = 'x\n! forged\u001b[2J\u202e';
    const lines = await shown({
      ...report,
      sessions: [{ ...auth, goals: [evil], base: { ...auth.base, name: evil }, agent: evil }],
      strays: [{ path: `/a/${evil}`, branch: evil, owner: evil }],
    });
    // eslint-disable-next-line no-control-regex -- these are what must not pass
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u202e]/u);
    expect(lines.filter((line) => line.startsWith('! '))).toEqual([]);
  });

  test('long names are whole; only commands and paths are wider than the terminal', async () => {
    const name = 'a'.repeat(100);
    const lines = await shown({
      ...report,
      sessions: [{ ...auth, name }, auth],
    });
    expect(lines.some((line) => line.includes(name))).toBe(true);
    expect(lines.filter((line) => width(line) > 80 && !line.includes(name))).toEqual([]);
  });
});

test('why it was sent back is told with its time: it may be over', async () => {
  const at = '2026-11-22T15:10:00Z';
  const back = { at, reason: 'refused', message: 'A merge of main waits to be resolved.' };
  const render = await rendererOf('parallel status');
  const text = render({ ...report, sessions: [{ ...auth, sentBack: back }] }, view);
  expect(text).toContain('    Sent back 12 min ago: A merge of main waits to be resolved.');
});
