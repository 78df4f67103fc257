// What lies in the trash, or at a place a session would come back to, may belong to somebody else.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { must } from '../support/program.ts';
import { gitIn, makeRepo, writeIn } from '../support/repo.ts';

describe('a plain copy of the main checkout', () => {
  for (const gone of ['folder lost', 'folder in the trash', 'orphaned'] as const) {
    test(`restores beside itself, not from the original (${gone})`, async () => {
      const { root } = makeRepo();
      await must(root, ['parallel', 'create', 't']);
      const folder = `${root}-sessions/t`;
      writeIn(folder, 'staged.txt', 'staged\n');
      gitIn(folder, 'add', 'staged.txt');
      if (gone === 'folder in the trash') {
        await must(root, ['parallel', 'remove', 't', '--strategy', 'abandon', '--yes']);
      } else {
        rmSync(folder, { recursive: true });
        if (gone === 'folder lost') await must(root, ['parallel', 'cleanup', '--yes']);
      }
      const copy = `${root}-copy`;
      execFileSync('cp', ['-r', root, copy]);
      const before = fingerprint(root, `${root}-sessions`);
      const back = await must(copy, ['parallel', 'restore', 't']);
      expect(fingerprint(root, `${root}-sessions`)).toEqual(before);
      expect(back.at('data.worktree')).toBe(`${copy}-sessions/t`);
      expect(gitIn(`${copy}-sessions/t`, 'status', '--porcelain')).toBe('A  staged.txt');
      await must(copy, ['parallel', 'remove', 't', '--strategy', 'abandon', '--yes']);
      await must(copy, ['parallel', 'cleanup', '--expired', 't~1', '--yes']);
      expect(fingerprint(root, `${root}-sessions`)).toEqual(before);
      await must(root, ['parallel', 'restore', 't']);
      expect(gitIn(folder, 'status', '--porcelain')).toBe('A  staged.txt');
    });
  }
});
