// How many git processes each command starts. A process costs more than all we compute: the
// numbers may fall, and rise only with a reason.
import { expect, test } from 'vitest';
import { makeRepo, writeIn, type TestRepo } from '../support/repo.ts';
import { cli, releasedProgram } from '../support/cli.ts';

const sessions = 10;

/** The commands in this order, on a repository with ten sessions. */
const budget: readonly (readonly [string, number])[] = [
  ['parallel create new --goal work', 16],
  ['parallel create new', 6],
  // one of them asks what the bases track: what was merged on the forge is there first; six are of
  // the judge of clashes, and two for each session whose files were edited this very moment
  ['parallel status', 50],
  ['parallel status --all', 50],
  // which of the others it clashes with takes their statuses too
  ['parallel status new', 50],
  ['parallel conflicts', 50],
  ['parallel path new', 4],
  ['parallel cleanup --dry-run', 4],
  ['parallel remove new --strategy keep', 16],
  ['parallel restore new', 12],
  ['parallel remove new --strategy abandon --yes', 15],
  ['parallel restore --list', 4],
  // ten of them are the statuses of the others: who clashes with what it brings in
  ['parallel remove s1 --strategy merge', 60],
];

async function processes(repo: TestRepo, command: string): Promise<number> {
  const args = ['--json', '--verbose', ...command.split(' ')];
  const { exit, stdout, stderr } = await cli(releasedProgram, args, { cwd: repo.root });
  if (exit !== 0) throw new Error(`${command}: ${stdout}`);
  return stderr.split('\n').filter((line) => line.startsWith('git ')).length;
}

test('no command starts more git processes than its budget', async () => {
  const repo = makeRepo();
  for (let n = 0; n < sessions; n += 1) {
    const session = repo.addSession(`s${n}`);
    session.commit(`s${n}.txt`, 'work\n');
    if (n > 1) writeIn(session.worktree, 'README.md', 'changed\n');
  }
  const used: [string, number][] = [];
  for (const [command] of budget) used.push([command, await processes(repo, command)]);
  const over = used.filter(([command, count]) => count > (new Map(budget).get(command) ?? 0));
  expect(over).toEqual([]);
});

test('what is known of clashes is not asked again, once the files have been left alone', async () => {
  const repo = makeRepo();
  for (let n = 0; n < sessions; n += 1) {
    const session = repo.addSession(`s${n}`);
    session.commit(`s${n}.txt`, 'work\n');
    if (n > 1) writeIn(session.worktree, 'README.md', 'changed\n');
  }
  const wait = { timeout: 20_000, interval: 500 };
  await expect.poll(() => processes(repo, 'parallel status'), wait).toBeLessThanOrEqual(17);
  expect(await processes(repo, 'parallel conflicts')).toBeLessThanOrEqual(15);
});
