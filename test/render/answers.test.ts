// What people see of the other answers.
import { expect, test } from 'vitest';
import type { CleanupReport } from '../../src/operations/shapes/cleanup.ts';
import type { RestoreReport } from '../../src/operations/shapes/restore.ts';
import { hintLines } from '../../src/render/human/messages.ts';
import { rendererOf } from '../../src/render/human/renderers.ts';
import type { View } from '../../src/render/human/view.ts';
import { theme } from '../../src/render/theme.ts';

const view: View = {
  width: 80,
  theme: theme('plain'),
  now: new Date('2026-11-22T15:22:00Z'),
  home: '/home/me',
  command: (args) => ['flight-rules', ...args].join(' '),
};

async function shown(name: string, data: unknown): Promise<string> {
  return `\n${(await rendererOf(name))(data, view).join('\n')}\n`;
}

const item: CleanupReport['items'][number] = {
  name: 'billing-export',
  reason: 'orphaned',
  actions: ['record and branch go, commits kept at least until 29 Nov'],
  branch: 'session/billing-export',
  branchTip: '9a562de000000000000000000000000000000000',
  onlyHere: 4,
  done: false,
};
const untouched = [{ what: 'auth-jwt', why: 'claude works in it (pid 31909)' }];

test('cleanup: the plan', async () => {
  expect(await shown('parallel cleanup', { dryRun: true, items: [item], untouched }))
    .toMatchInlineSnapshot(`
    "
    1 session can be cleaned up. 1 is left alone.

      billing-export  folder gone, 4 commits that are nowhere else
                      record and branch go, commits kept at least until 29 Nov
      auth-jwt        left alone: claude works in it (pid 31909)
    "
  `);
});

test('cleanup: the report says only what was seen to be done', async () => {
  const items = [
    {
      ...item,
      done: true,
      trash: { id: 'billing-export~1', expiresAt: '2026-11-29T00:00:00Z' },
      restore: { command: 'flight-rules parallel restore billing-export', argv: [] },
    },
    { ...item, name: 'other', error: { code: 'in-use', message: 'Somebody works in it.' } },
  ];
  expect(await shown('parallel cleanup', { dryRun: false, items, untouched: [] }))
    .toMatchInlineSnapshot(`
    "
    Cleaned up 1 session.
      billing-export  branch session/billing-export (9a562de) kept as
                      billing-export~1
                      back with: flight-rules parallel restore billing-export
    Not cleaned up: 1 session. What failed is unchanged.
      other           Somebody works in it.
    "
  `);
});

test('restore --list is a table', async () => {
  const data: RestoreReport = {
    entries: [
      {
        id: 'auth~1',
        name: 'auth',
        removedAt: '2026-11-20T12:00:00Z',
        strategy: 'abandon',
        branchTip: '9a562de000000000000000000000000000000000',
        hasWorktree: true,
        bytes: 1_200_000,
        expiresAt: '2026-11-27T12:00:00Z',
      },
    ],
  };
  expect(await shown('parallel restore', data)).toMatchInlineSnapshot(`
    "
    ID      REMOVED     HOW      TIP      FOLDER       SIZE    KEPT
    auth~1  2 days ago  abandon  9a562de  with folder  1.2 MB  until 27 Nov

    Bring one back:  flight-rules parallel restore ID
    "
  `);
});

test('an operation without a renderer is shown all the same', async () => {
  expect(await shown('no such', { a: null, b: [1, { c: 'x\u001b' }], d: [] })).toBe(
    '\na: unknown\nb:\n  1\n  - c: x\\x1b\nd:\n  none\n',
  );
});

test('dev-session end: before the question, after it, and outside of a session', async () => {
  const log = 'docs/session_logs/20261122_1522_auth_session.md';
  const task = { id: '1.1', title: 'Sign', status: 'Planned', file: 'docs/implementation/1.md' };
  expect(await shown('dev-session end', { log, tasks: [task] })).toMatchInlineSnapshot(`
    "
      Log           docs/session_logs/20261122_1522_auth_session.md
      Task          1.1 Sign: Planned
    "
  `);
  const report = { log, progress: 'docs/progress.md', tasks: [], committed: 'c0ffee10000' };
  const integration = { name: 'auth', strategy: 'keep', branchDeleted: false, trash: null };
  expect(await shown('dev-session end', { ...report, integration })).toMatchInlineSnapshot(`
    "
    Session auth is kept: its branch stays here, not pushed.
      Branch        stays
      Log
        docs/session_logs/20261122_1522_auth_session.md (committed as c0ffee1)
      Progress      docs/progress.md
    "
  `);
  const uncommitted = Array.from({ length: 12 }, (_, at) => `file ${at}`);
  expect(
    await shown('dev-session end', { log, progress: 'docs/progress.md', tasks: [], uncommitted }),
  ).toMatchInlineSnapshot(`
    "
    The session is written down.
      Log           docs/session_logs/20261122_1522_auth_session.md
      Progress      docs/progress.md
      Not committed:
        file 0
        file 1
        file 2
        file 3
        file 4
        file 5
        file 6
        file 7
        file 8
        file 9
        and 2 more
    "
  `);
});

test('uninstall: of a file of others only our part goes, and it says so', async () => {
  const part = { agents: [], did: 'removed' } as const;
  const files = [
    { ...part, path: 'AGENTS.md', surface: 'instructions' },
    { ...part, path: '.gitattributes', surface: 'gitattributes' },
    { ...part, path: '.cursor/commands/parallel.status.md', surface: 'command' },
  ];
  const text = await shown('uninstall', { root: '/home/me/p', dryRun: true, agents: [], files });
  expect(text).toContain('removed  AGENTS.md: our block\n');
  expect(text).toContain('removed  .gitattributes: our line\n');
  expect(text).toContain('removed  .cursor/commands/parallel.status.md\n');
});

test('cleanup of the trash: what is named may not be past its date, and is not said to be', async () => {
  const items = [{ ...item, id: 'billing-export~1', reason: 'expired' }];
  const text = await shown('parallel cleanup', { dryRun: true, items, untouched: [] });
  expect(text).toContain('goes for good, cannot be undone: 4 commits that are nowhere');
  expect(text).not.toContain('past its date');
});

test('land: nothing to land claims nothing about the sessions', async () => {
  const nothing = { landed: [], sentBack: [], remaining: [] };
  expect(await shown('parallel land', nothing)).toBe('\nThere is nothing to land.\n');
});

test('what a command does is wrapped, the command is whole', () => {
  const name = 'a-name-that-somebody-chose-for-the-work-on-payments';
  const hint = { why: `commit its changes; land ${name} first, then`, command: `sync ${name}` };
  expect(hintLines([hint], { ...view, width: 60 })).toEqual([
    '  > commit its changes; land',
    `    ${name}`,
    '    first, then:',
    `    sync ${name}`,
  ]);
});
