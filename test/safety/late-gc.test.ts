// A `gc --prune=now` that looked at the refs before ours came into being takes what stands behind
// them since: what is kept behind a ref is looked after once the ref is there.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Git } from '../../src/git/git.ts';
import { putAway } from '../../src/safety/put-away.ts';
import { replaceRecord } from '../../src/safety/registration.ts';
import {
  at,
  collectGarbage,
  held,
  registryOf,
  type TrashRepo,
  trashRepo,
  write,
} from '../support/trash-fixture.ts';

/** git, and right after each transaction all objects are gone that have come into being. */
function withLateGc(repo: TrashRepo, git: Git): Git {
  const program = join(repo.root, '..', 'late-gc');
  const objects = join(repo.project.commonDir, 'objects');
  const known = `${program}-known`;
  const list = `(cd '${objects}' && find ?? -type f | sort)`;
  const take = `${list} | comm -13 '${known}' - | (cd '${objects}' && xargs rm -f)`;
  writeFileSync(
    program,
    `#!/bin/sh\n'${git.program}' "$@"; e=$?\ncase "$*" in *update-ref*) ${take};; esac\nexit $e\n`,
    { mode: 0o755 },
  );
  execFileSync('sh', ['-c', `${list} > '${known}'`]);
  return { ...git, program };
}

test('the pin of a session that left stays', async () => {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  write(path, { 'new.txt': 'new\n' });
  execFileSync('git', ['add', '.'], { cwd: path });
  execFileSync('git', ['commit', '-q', '-m', 'work'], { cwd: path });
  const facts = await repo.facts('auth');
  const lock = held(repo);
  const late = { ...lock, git: withLateGc(repo, lock.git) };
  const options = { strategy: 'abandon', becomes: 'ended', at } as const;
  const { entry } = await putAway(repo.project, late, facts, options);
  expect((await registryOf(repo)).trash.map((stored) => stored.entry)).toEqual([entry]);
  collectGarbage(repo);
  expect(repo.git(['fsck', '--full', '--no-dangling'])).toBe('');
  expect(repo.git(['show', `${facts.branchTip ?? ''}:new.txt`])).toBe('new\n');
});

test('so does a record', async () => {
  const repo = await trashRepo();
  await repo.session('auth');
  const { key, record, recordOid } = await repo.facts('auth');
  if (record === null || recordOid === null) throw new TypeError('it has a record');
  const git = withLateGc(repo, repo.project.git);
  const changed = { ...record, goals: ['another'] };
  const stored = await replaceRecord(git, repo.project, key, recordOid, changed);
  expect(repo.git(['cat-file', 'blob', stored])).toContain('another');
});
