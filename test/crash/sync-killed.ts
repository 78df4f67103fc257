// A session, a base that moves on, and a process that is killed while it brings one to the other.
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { releaseIndex } from '../../src/integration/sync/index-hold.ts';
import { recoverSync } from '../../src/integration/sync/recover.ts';
import { removeUnfinished } from '../../src/safety/unfinished.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { dirtyOfEveryKind } from '../integration/sync/dirty.ts';
import {
  baseMovesOn,
  leftovers,
  pair,
  seen,
  sync,
  type Pair,
  type Seen,
} from '../integration/sync/fixture.ts';
import { bundleForTest } from '../support/bundle.ts';

export type How = 'ff' | 'merge' | 'rebase' | 'carry' | 'carry, rebased';

export interface Scene extends Pair {
  readonly how: How;
  readonly before: Seen;
  readonly after: Seen;
  readonly points: readonly string[];
  readonly putBack: () => void;
}

const key = sessionKey(parseSessionName('auth'));

/** Prepared, and gone through once to its end. */
export async function scene(how: How): Promise<Scene> {
  const it = pair();
  const { repo, session } = it;
  if (how !== 'ff') session.commit('own.txt', 'own\n');
  if (how.startsWith('carry')) dirtyOfEveryKind(it);
  baseMovesOn(it);
  // one second passes for everything: the index need not look at the files again
  const home = dirname(repo.root);
  const kept = `${home}-kept`;
  const copy = (from: string, to: string): void => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  };
  copy(home, kept);
  const before = seen(it);
  const log = join(home, 'points.log');
  const ended = await drive(it, how, { FLIGHT_RULES_FAULT_LOG: log });
  expect(ended).toBe(0);
  const points = readFileSync(log, 'utf8').trim().split('\n');
  const after = seen(it);
  expect(leftovers(it).filter((one) => one !== 'trash')).toEqual([]);
  return { ...it, how, before, after, points, putBack: () => copy(kept, home) };
}

export async function drive(
  { repo, session }: Pair,
  how: How | 'recover',
  env: Readonly<Record<string, string>> = {},
): Promise<NodeJS.Signals | number | null> {
  const driver = await bundleForTest(fileURLToPath(new URL('sync-driver.ts', import.meta.url)));
  const word = how.endsWith('rebased') ? 'rebase' : how;
  const args = [driver, repo.root, session.worktree, session.privateDir, word];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      resolve(signal ?? code);
    });
  });
}

/** As the user sees it; commits of another second have other names. */
export function comparable(it: Seen): Omit<Seen, 'tip' | 'status'> & { readonly status: string } {
  const { tip: _, status, ...rest } = it;
  return { ...rest, status: status.replace(/^# branch.oid.*$/mu, '') };
}

/** Whole again: as it was, or all of it. */
export async function isWhole(scene: Scene, point: string): Promise<void> {
  const { commonDir } = scene.repo;
  // as the lock does, when it is taken over from a holder that is gone
  await removeUnfinished({ commonDir });
  await releaseIndex(scene.session.privateDir);
  const found = await recoverSync(scene.repo.port, await scene.repo.project(), key);
  const now = seen(scene);
  const moved = now.tip !== scene.before.tip;
  expect([point, found.kind]).toEqual([
    point,
    expect.stringMatching(moved ? /^(?:synced|nothing)$/u : /^(?:rolled-back|nothing)$/u),
  ]);
  const wanted = comparable(moved ? scene.after : scene.before);
  expect([point, comparable(now)]).toEqual([point, wanted]);
  expect([point, leftovers(scene)]).toEqual([point, []]);
  const trash = scene.repo.git('for-each-ref', 'refs/flight-rules/trash');
  expect([point, trash === '']).toEqual([point, !(moved && scene.how.includes('rebase'))]);
  expect(scene.repo.git('fsck', '--no-dangling', '--no-reflogs')).toBe('');
  const again = await recoverSync(scene.repo.port, await scene.repo.project(), key);
  expect(again).toEqual({ kind: 'nothing' });
  const shape = scene.how.includes('rebase') ? 'rebase' : 'merge';
  const result = await sync(scene, { carry: true, shape });
  expect([point, result.kind]).toEqual([point, moved ? 'current' : 'synced']);
  expect([point, comparable(seen(scene))]).toEqual([point, comparable(scene.after)]);
}
