// What lies in the trash, or at a place a session would come back to, may belong to somebody else.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { must } from '../support/program.ts';
import { gitIn, makeRepo, temporaryFolder, writeIn } from '../support/repo.ts';

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

describe('a repository that ships what stands where a temporary file would', () => {
  const victim = (): string => {
    const path = join(temporaryFolder(), 'victim');
    writeFileSync(path, 'mine\n');
    return path;
  };

  for (const kind of ['a link', 'a file'] as const) {
    test(`${kind} beside .git is neither followed nor replaced`, async () => {
      const { root, git } = makeRepo();
      const outside = victim();
      const shipped = join(root, '.git.flight-rules');
      if (kind === 'a link') symlinkSync(outside, shipped);
      else writeFileSync(shipped, 'shipped\n');
      git('add', '-f', '.git.flight-rules');
      git('commit', '-qm', 'ship');
      await must(root, ['parallel', 'create', 't']);
      rmSync(`${root}-sessions/t`, { recursive: true });
      await must(root, ['parallel', 'restore', 't']);
      expect(readFileSync(outside, 'utf8')).toBe('mine\n');
      expect(gitIn(`${root}-sessions/t`, 'status', '--porcelain', '--ignored')).toBe('');
    });
  }
});
