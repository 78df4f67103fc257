// What is another plan under the lock than the one that was made before it is a new question:
// exit 6, and nothing has happened.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remove } from '../../src/operations/remove.ts';
import { releasedProgram } from '../support/cli.ts';
import { fingerprint, operate, type Answered } from '../support/operate.ts';
import { makeRepo, type TestRepo, type TestSession } from '../support/repo.ts';

interface Given {
  readonly repo: TestRepo;
  readonly session: TestSession;
}

function given(): Given {
  const repo = makeRepo();
  const session = repo.addSession('auth');
  session.commit('a.txt', 'a\n');
  return { repo, session };
}

/** Removes; `meanwhile` happens between the plan and the lock, and nothing after it. */
async function removed(
  { repo }: Given,
  input: object,
  meanwhile: () => void,
): Promise<Answered & { readonly changed: boolean }> {
  let before: string[] = [];
  const beforeLock = (): void => {
    meanwhile();
    before = fingerprint(repo.root);
  };
  const asked = { name: 'auth', ...input };
  const answered = await operate(remove, asked, { directory: repo.root, beforeLock });
  return {
    ...answered,
    changed: JSON.stringify(fingerprint(repo.root)) !== JSON.stringify(before),
  };
}

const ways = [
  ['keep', { strategy: 'keep' }],
  ['abandon', { strategy: 'abandon', yes: true }],
  ['merge', { strategy: 'merge' }],
  ['pr', { strategy: 'pr', prUrl: 'https://github.com/acme/app/pull/7' }],
] as const;

const question = { exit: 6, changed: false, decision: { id: 'strategy', session: 'auth' } };

test.each(ways)('%s: a commit that came since', async (_name, input) => {
  const it = given();
  const commit = (): void => void it.session.commit('late.txt', 'late\n');
  const answered = await removed(it, input, commit);
  expect(answered).toMatchObject({ ...question, decision: { facts: { ahead: 2 } } });
});

test.each(ways)('%s: another session of the same name', async (_name, input) => {
  const it = given();
  const { repo, session } = it;
  const answered = await removed(it, input, () => {
    const ref = 'refs/flight-rules/sessions/auth';
    const file = join(repo.root, 'record');
    writeFileSync(file, repo.git('cat-file', 'blob', ref).replace(session.token, 'another'));
    repo.git('update-ref', ref, repo.git('hash-object', '-w', file));
    writeFileSync(join(session.privateDir, 'flight-rules/token'), 'another\n');
  });
  expect(answered).toMatchObject(question);
});

test('one that somebody else has put away meanwhile is no question, and who asked is told', async () => {
  const it = given();
  const keep = [releasedProgram, 'parallel', 'remove', 'auth', '--strategy', 'keep'];
  const answered = await removed(it, { strategy: 'abandon', yes: true }, () => {
    execFileSync(process.execPath, keep, { cwd: it.repo.root, stdio: 'ignore' });
  });
  expect(answered).toMatchObject({ exit: 7, code: 'plan-changed', changed: false });
});

test('merge: a commit that came while the merged files were verified', async () => {
  const it = given();
  const { repo, session } = it;
  repo.commit('b.txt', 'b\n');
  const main = repo.git('rev-parse', 'main');
  const verify = `git -C '${session.worktree}' commit -q --allow-empty -m late`;
  const input = { name: 'auth', strategy: 'merge', verify };
  const answered = await operate(remove, input, { directory: repo.root });
  expect(answered).toMatchObject({ exit: 6, decision: { facts: { ahead: 2 } } });
  expect(repo.git('rev-parse', 'main')).toBe(main);
  expect(session.git('log', '-1', '--format=%s')).toBe('late');
});
