// A session that has changed 100,000 files, none of them committed: it moved a folder of 50,000.
// It is answered in bounded memory, as git merges it. About a minute, nearly all of it git's own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers';
import { expect, test } from 'vitest';
import { judgeClashes } from '../../src/integration/clash/judge.ts';
import type { Clashes } from '../../src/integration/clash/model.ts';
import { oid } from '../../src/git/oid.ts';
import { hold, noTally } from '../support/clash/judged.ts';
import { commitAll, openJudge } from '../support/clash/merge-judge.ts';
import { participantOf, type OnDisk } from '../support/clash/participant.ts';
import { gitIn, makeRepo, writeIn } from '../support/repo.ts';

const files = 50_000;
const bound = 1_500_000_000;

test('100,000 changed files', { timeout: 600_000 }, async () => {
  const repo = makeRepo();
  fastImport(repo.root, 'main', function* lines() {
    for (let at = 0; at < files; at += 1) yield* file(`a/${at % 100}/${at}`, content(at));
  });
  const tip = (branch: string): string => repo.git('rev-parse', branch);
  repo.git('branch', 'edits', 'main');
  fastImport(repo.root, 'edits', () => file('a/7/7', '7\nx\ny\nz\nmore\n'));
  repo.git('branch', 'adds', 'main');
  fastImport(repo.root, 'adds', () => file('a/7/new', 'new\n'));
  const big = sessionThatMoved(repo.root);

  const commits = [
    { name: 'edits', branch: 'edits', worktree: null },
    { name: 'adds', branch: 'adds', worktree: null },
  ];
  const participants = await Promise.all(
    [big, ...commits].map((one) => participantOf(repo.port, repo.root, one)),
  );
  expect(participants[0]?.status?.entries).toHaveLength(2 * files);
  const { clashes, told, peak } = await measured(async () =>
    judgeClashes(await repo.project(), participants),
  );
  process.stderr.write(told);
  expect(peak).toBeLessThan(bound);
  expect(clashes.pairs.map(({ a, b, verdict }) => `${a} ${b} ${verdict}`)).toEqual([
    // the edit goes with the file
    'big edits touching',
    // whether the new file goes with the folder git leaves to people
    'big adds clash',
    'edits adds clear',
  ]);
  const [touched] = clashes.touched.values();
  expect(touched).toHaveLength(2 * files);

  const judge = openJudge(repo.root, 'conflicts');
  const judged = hold(
    {
      judge,
      clashes,
      commits: new Map([
        ['big', commitAll(big.worktree)],
        ['edits', oid(tip('edits'))],
        ['adds', oid(tip('adds'))],
      ]),
      bases: new Map([['main', oid(tip('main'))]]),
    },
    noTally(),
  );
  expect(judged).toEqual({ disagreements: [], unknown: [] });
});

/** Its files are only written where they are now. */
function sessionThatMoved(root: string): OnDisk & { readonly worktree: string } {
  const worktree = join(`${root}-sessions`, 'big');
  gitIn(root, 'worktree', 'add', '-q', '--no-checkout', '-b', 'session/big', worktree, 'main');
  gitIn(worktree, 'read-tree', 'HEAD');
  writeIn(worktree, 'README.md', 'a project\n');
  for (let at = 0; at < 100; at += 1)
    mkdirSync(join(worktree, 'b', String(at)), { recursive: true });
  for (let at = 0; at < files; at += 1) {
    writeFileSync(join(worktree, 'b', String(at % 100), String(at)), content(at));
  }
  return { name: 'big', branch: 'session/big', worktree };
}

const content = (at: number): string => `${at}\nx\ny\nz\n`;

async function measured(
  look: () => Promise<Clashes>,
): Promise<{ clashes: Clashes; told: string; peak: number }> {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const begun = performance.now();
  const clashes = await look();
  clearInterval(watch);
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  const told = `100,000 changed files: ${seconds} s, at most ${(peak / 1e6).toFixed(0)} MB\n`;
  return { clashes, told, peak };
}

function* file(path: string, text: string): Generator<string> {
  yield `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}

function fastImport(root: string, branch: string, changes: () => Iterable<string>): void {
  const head = gitIn(root, 'rev-parse', branch);
  const commit = `commit refs/heads/${branch}\ncommitter A <a@b.invalid> 1700000000 +0000\n`;
  const input = [`${commit}data 1\nx\nfrom ${head}\n`, ...changes(), 'done\n'].join('');
  execFileSync('git', ['fast-import', '--quiet', '--done', '--force'], { cwd: root, input });
}
