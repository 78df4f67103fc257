// The trash folder itself is a link, or one that leads nowhere.
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFlightError } from '../../src/kernel/errors.ts';
import { bringBack, bringBackOrphan } from '../../src/safety/bring-back.ts';
import { expire } from '../../src/safety/expire.ts';
import {
  abandon,
  fingerprint,
  held,
  registryOf,
  trashRepo,
  write,
  type TrashRepo,
} from '../support/trash-fixture.ts';

function linkTrash(repo: TrashRepo, target: string): void {
  mkdirSync(repo.project.sessionsDir, { recursive: true });
  symlinkSync(target, join(repo.project.sessionsDir, '.trash'));
}

test('through a link all of it works, and nothing is left at its target', async () => {
  const repo = await trashRepo();
  const target = join(repo.root, '../elsewhere');
  mkdirSync(target);
  linkTrash(repo, target);
  const path = await repo.session('auth');
  write(path, { '.env': 'x\n' });
  const before = fingerprint(repo, path);
  await bringBack(repo.project, held(repo), await abandon(repo, 'auth'));
  expect(fingerprint(repo, path)).toEqual(before);
  rmSync(path, { recursive: true });
  await bringBackOrphan(repo.project, held(repo), await repo.facts('auth'));
  expect(repo.git(['status', '--porcelain'], path)).toBe('');
  rmSync(path, { recursive: true });
  rmSync(join(repo.project.commonDir, 'worktrees/auth'), { recursive: true });
  await bringBackOrphan(repo.project, held(repo), await repo.facts('auth'));
  expect(repo.git(['status', '--porcelain', '--branch'], path)).toBe('## session/auth\n');
  expect(readdirSync(target)).toEqual([]);
  const stored = await abandon(repo, 'auth');
  expect(readdirSync(target)).toEqual(['auth-2']);
  await expire(repo.project, held(repo), stored);
  expect(readdirSync(target)).toEqual([]);
});

test('a link that leads nowhere is a refusal of the disk, and the session stays', async () => {
  const repo = await trashRepo();
  linkTrash(repo, join(repo.root, '../nowhere'));
  const path = await repo.session('auth');
  const failed = await abandon(repo, 'auth').catch((error: unknown) => error);
  expect(isFlightError(failed, 'disk-failed')).toBe(true);
  expect(existsSync(path)).toBe(true);
  expect((await registryOf(repo)).trash).toEqual([]);
  rmSync(path, { recursive: true });
  const facts = await repo.facts('auth');
  const lost = await bringBackOrphan(repo.project, held(repo), facts).catch((e: unknown) => e);
  expect(isFlightError(lost, 'disk-failed')).toBe(true);
});
