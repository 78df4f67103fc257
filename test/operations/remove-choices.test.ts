// The question of the strategy: each choice is a call that is understood, and means the same from
// any directory.
import { expect, test } from 'vitest';
import { devSessionEnd } from '../../src/operations/dev-session-end.ts';
import { remove } from '../../src/operations/remove.ts';
import { operate, type Answered } from '../support/operate.ts';
import { makeRepo, writeIn } from '../support/repo.ts';

/** The words behind `--strategy`, by strategy. */
function wordsOf({ decision }: Answered): Record<string, readonly string[]> {
  const choices = decision?.choices ?? [];
  return Object.fromEntries(
    choices.map(({ value, args }) => [value, args.slice(args.indexOf('--strategy') + 2)]),
  );
}

test('a choice has the flags that its strategy takes, and no others', async () => {
  const repo = makeRepo();
  repo.addSession('auth').commit('auth.txt', 'work\n');
  writeIn(repo.root, 'src/notes.md', 'why\n');
  const given = { name: 'auth', title: 'T', draft: true, shape: 'squash', verify: 'true' };
  const input = { ...given, bodyFile: 'notes.md', into: 'main', forceInUse: true };
  const asked = await operate(remove, input, { directory: `${repo.root}/src` });
  const file = `${repo.root}/src/notes.md`;
  expect(wordsOf(asked)).toEqual({
    pr: ['--title', 'T', '--body-file', file, '--draft', '--force-in-use'],
    merge: ['--shape', 'squash', '--into', 'main', '--verify', 'true', '--force-in-use'],
    keep: ['--force-in-use'],
    abandon: ['--yes', '--force-in-use'],
  });
  const ending = await operate(devSessionEnd, given, { directory: repo.root });
  expect(wordsOf(ending)).toEqual({
    pr: ['--title', 'T', '--draft'],
    merge: ['--shape', 'squash', '--verify', 'true'],
    keep: [],
    abandon: ['--yes'],
  });
  // the one that used to be refused for `--draft`
  const [, , name, ...words] = ending.decision?.choices[2]?.args ?? [];
  expect([name, ...words]).toEqual(['auth', '--strategy', 'keep']);
});
