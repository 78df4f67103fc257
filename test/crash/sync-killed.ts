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
  it: Pair,
  how: How | 'recover',
  env: Readonly<Record<string, string>> = {},
): Promise<NodeJS.Signals | number | null> {
  return (await start(it, how, env)).ended;
}

interface Driven {
  readonly pid: number;
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

async function start(
  { repo, session }: Pair,
  how: How | 'recover',
  env: Readonly<Record<string, string>>,
): Promise<Driven> {
  const driver = await bundleForTest(fileURLToPath(new URL('sync-driver.ts', import.meta.url)));
  const word = how.endsWith('rebased') ? 'rebase' : how;
  const args = [driver, repo.root, session.worktree, session.privateDir, word];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) => {
    child.on('exit', (code, signal) => {
      resolve(signal ?? code);
    });
  });
  return { pid: child.pid ?? 0, ended };
}

/** Stops it at `point`, lets somebody do something, and lets it go on. @returns how it ended */
export async function meanwhile(
  it: Pair,
  how: How,
  point: string,
  somebody: () => void,
): Promise<NodeJS.Signals | number | null> {
  const log = join(dirname(it.repo.root), 'meanwhile.log');
  rmSync(log, { force: true });
  const env = { FLIGHT_RULES_FAULT: `${point}@stop`, FLIGHT_RULES_FAULT_LOG: log };
  const { pid, ended } = await start(it, how, env);
  const stopped = (): string => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  };
  await expect.poll(stopped, { timeout: 20_000 }).toBe('T');
  somebody();
  process.kill(pid, 'SIGCONT');
  return ended;
}

/** As the user sees it; commits of another second have other names. */
function comparable(it: Seen): Omit<Seen, 'tip' | 'status'> & { readonly status: string } {
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
