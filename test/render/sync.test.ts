// What people see of a sync.
import { expect, test } from 'vitest';
import type { SyncReport } from '../../src/operations/shapes/sync.ts';
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

async function shown(sessions: SyncReport['sessions']): Promise<string> {
  const lines = (await rendererOf('parallel sync'))({ sessions }, view);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  return `\n${lines.join('\n')}\n`;
}

const from = '9a562de0c1f4b7a3d8e2f6051b9c4d7e8a3f2b10';
const to = 'c0ffee10c1f4b7a3d8e2f6051b9c4d7e8a3f2b10';
const base = 'main';

test('what came in, and how a rebase is taken back', async () => {
  expect(
    await shown([
      { name: 'auth-jwt', result: 'synced', base, from, to, shape: 'merge' },
      { name: 'api', result: 'synced', base, from, to, shape: 'rebase', pinned: 'api~1' },
      { name: 'new', result: 'synced', base, from, to, shape: 'ff' },
      { name: 'search', result: 'current', base },
      { name: 'given-up', result: 'aborted', base, pinned: 'given-up~1' },
    ]),
  ).toMatchInlineSnapshot(`
    "
    auth-jwt  has all of main now (9a562de to c0ffee1)
    api       rebased onto main (9a562de to c0ffee1)
              the branch before:
                flight-rules parallel restore api~1 --as api-before-1
    new       moved forward to main now (9a562de to c0ffee1)
    search    has all of main already
    given-up  is what it was before; nothing of main came in
    "
  `);
});

test('nothing to do, and names that are long or not to be trusted', async () => {
  const name = 'a-very-long-name-of-a-session';
  expect(await shown([])).toBe('\nNo active session to sync.\n');
  expect(await shown([{ name, result: 'current', base: 'b\u001b[31m' }])).toMatchInlineSnapshot(`
    "
    a-very-long-name-of-a-session
      has all of b\\x1b[31m already
    "
  `);
});
