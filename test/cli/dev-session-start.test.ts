// `dev-session start` as a program: at a terminal, in 80 columns, several at once, in a sandbox.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLog } from '../../src/workflow/session-log.ts';
import { atTerminal, releasedProgram } from '../support/cli.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { askProgram, must, say } from '../support/program.ts';
import { makeRepo, writeIn } from '../support/repo.ts';

const start = ['dev-session', 'start'];
const down = '\u001b[B';

test('four at once with the same goals are four sessions, none joined, each with its log', async () => {
  const repo = makeRepo();
  const args = [...start, '--goal', 'Same', '--parallel'];
  const replies = await Promise.all([1, 2, 3, 4].map(() => askProgram(repo.root, args)));
  const names = replies.map((reply) => reply.text('data.session.name'));
  expect(names.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'same',
    'same-2',
    'same-3',
    'same-4',
  ]);
  for (const reply of replies) {
    const log = readLog(readFileSync(reply.text('data.log'), 'utf8'));
    expect([log.session, log.goals]).toEqual([reply.at('data.session.name'), ['Same']]);
  }
});

test('two that resume a session without a log write one', async () => {
  const repo = makeRepo();
  const made = await must(repo.root, ['parallel', 'create', 'auth', '--goal', 'One']);
  const worktree = made.text('data.session.worktree');
  const [one, two] = await Promise.all([askProgram(worktree, start), askProgram(worktree, start)]);
  expect(one.text('data.log')).toBe(two.text('data.log'));
  expect(readdirSync(join(worktree, 'docs/session_logs'))).toHaveLength(1);
});

test('at a terminal goals are typed, the mode is chosen, and the session is made', async () => {
  const repo = makeRepo();
  const ended = await atTerminal(
    releasedProgram,
    start,
    [
      ['What are the goals', 'Sign tokens\r'],
      ['Another?', '\r'],
      ['A standard session here', `${down}\r`],
    ],
    { cwd: repo.root },
  );
  expect(ended.stdout).toContain('No logs, tasks, progress or sessions yet.');
  // the quiet entry comes after the ways: down from it is the first way
  expect(ended.stdout).toContain('A standard session has begun in this checkout.');
  expect(ended.exit).toBe(0);
});

test('at a terminal goals are picked from what the last session left', async () => {
  const repo = makeRepo();
  writeIn(repo.root, 'docs/session_logs/20261101_1200_session.md', '## Next steps\n- One\n- Two\n');
  repo.git('add', '-A');
  repo.git('commit', '-qm', 'log');
  const ended = await atTerminal(
    releasedProgram,
    [...start, '--parallel', 'both'],
    [
      ['Something else', ` ${down} ${down} \r`],
      ['Another?', 'Three\r'],
      // the mark of the next question: the words of this one are shown once more when it is answered
      ['◆', '\r'],
    ],
    { cwd: repo.root },
  );
  expect(ended.stdout).toContain('Session both is ready.');
  const status = await must(repo.root, ['parallel', 'status', 'both']);
  expect(status.at('data.session.goals')).toEqual(['One', 'Two', 'Three']);
});

test('Esc at the goals leaves everything as it is', async () => {
  const repo = makeRepo();
  const before = fingerprint(repo.root);
  const ended = await atTerminal(releasedProgram, start, [['What are the goals', '\u001b']], {
    cwd: repo.root,
  });
  expect([ended.exit, fingerprint(repo.root)]).toEqual([6, before]);
});

test('at a terminal a session that is there is resumed where it is', async () => {
  const repo = makeRepo();
  await must(repo.root, [...start, '--goal', 'One', '--parallel', 'auth']);
  const ended = await atTerminal(
    releasedProgram,
    [...start, '--goal', 'Two', '--parallel', 'auth'],
    [['Resume it, or take another', `${down}\r`]],
    { cwd: repo.root },
  );
  expect(ended.stdout).toContain('Session auth goes on.');
  expect(ended.exit).toBe(0);
});

test('no line is wider than 80 columns but for a path or a command', async () => {
  const repo = makeRepo();
  const long = 'A goal that says in many words what this very session is for, '.repeat(3).trim();
  writeIn(repo.root, 'docs/implementation/1.md', `## 1.1. ${long}\n**Status**: 🔵 Planned\n`);
  writeIn(repo.root, 'docs/progress.md', `## ${long}\n${long}\n`);
  writeIn(repo.root, 'docs/session_logs/20261101_1200_session.md', `## Next steps\n- ${long}\n`);
  repo.addSession('there');
  rmSync(repo.addSession('gone').worktree, { recursive: true });
  const outputs = [
    await say(repo.root, start),
    await say(repo.root, [...start, '--goal', long]),
    await say(repo.root, [...start, '--goal', long, '--parallel', 'auth']),
    await say(`${repo.root}-sessions/auth`, start),
    await say(repo.root, [...start, '--goal', long, '--standard']),
  ];
  expect(outputs.map(({ exit }) => exit)).toEqual([6, 6, 0, 0, 0]);
  const wide = outputs
    .flatMap(({ stdout, stderr }) => [...stdout.split('\n'), ...stderr.split('\n')])
    .filter((line) => line.length > 80)
    .filter((line) => !/^\s+\/\S+/u.test(line));
  expect(wide).toEqual([]);
});
