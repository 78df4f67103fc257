import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { bringBack, recoverRestore } from '../../src/safety/bring-back.ts';
import { putAway } from '../../src/safety/put-away.ts';
import { recoverRemoval } from '../../src/safety/recover-removal.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { bundleForTest } from '../support/bundle.ts';
import {
  append,
  collectGarbage,
  fingerprint,
  owner,
  registryOf,
  trashRepo,
  write,
  type TrashRepo,
} from '../support/trash-fixture.ts';

let child = '';
beforeAll(async () => {
  child = await bundleForTest(fileURLToPath(new URL('../support/trash-child.ts', import.meta.url)));
});

function run(repo: TrashRepo, what: string, env: Record<string, string> = {}): string | null {
  const args = [child, what, repo.root, 'auth'];
  const result = spawnSync(process.execPath, args, { env: { ...process.env, ...env } });
  if (result.signal === null && result.status !== 0) {
    throw new Error(result.stderr.toString('utf8'));
  }
  return result.signal;
}

/** The points that `what` passes, learnt by running it once. */
function pointsOf(repo: TrashRepo, what: string): string[] {
  const log = join(repo.root, '..', `points-${what}`);
  run(repo, what, { FLIGHT_RULES_FAULT_LOG: log });
  const seen = new Map<string, number>();
  return readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((point) => {
      const times = (seen.get(point) ?? 0) + 1;
      seen.set(point, times);
      return times === 1 ? point : `${point}#${times}`;
    });
}

/** Before a step is after the one before it, up to what is only looked at in between. */
function after(point: string): boolean {
  return point.includes(':after');
}

async function workedIn(): Promise<{ repo: TrashRepo; path: string; before: unknown }> {
  const repo = await trashRepo();
  const path = await repo.session('auth');
  repo.git(['commit', '-q', '--allow-empty', '-m', 'x'], path);
  write(path, { 'staged.txt': 'staged\n', '.env': 'SECRET\n', 'new.txt': 'new\n' });
  repo.git(['add', 'staged.txt'], path);
  append(path, 'a.txt', 'dirty\n');
  return { repo, path, before: fingerprint(repo, path) };
}

const auth = { key: sessionKey(parseSessionName('auth')), name: 'auth' };

async function leave(repo: TrashRepo): Promise<void> {
  const options = { strategy: 'abandon', becomes: 'ended', at: new Date() } as const;
  await putAway(repo.project, { git: repo.project.git, owner }, await repo.facts('auth'), options);
}

/** As the next command that changes something does it. */
async function recover(repo: TrashRepo): Promise<void> {
  const held = { git: repo.project.git, owner };
  await recoverRemoval(repo.project, held, auth);
  await recoverRestore(repo.project, held, auth);
}

/** Whole as a session, or whole as a trash entry that restores to the same bytes. */
async function expectWhole(repo: TrashRepo, path: string, before: unknown): Promise<void> {
  const { sessions, trash } = await registryOf(repo);
  const stored = sessions.get(auth.key);
  if (stored === undefined) {
    const [entry] = trash;
    // (the log of a living session would expire as well)
    collectGarbage(repo);
    if (entry === undefined) throw new Error('neither session nor trash entry');
    await bringBack(repo.project, { git: repo.project.git, owner }, entry);
  }
  const { record, place } = await repo.facts('auth');
  expect([record?.state, record?.intent]).toEqual(['active', undefined]);
  expect(place).toMatchObject({ kind: 'present', locked: null });
  expect(fingerprint(repo, path)).toEqual(before);
  repo.git(['fsck', '--full', '--no-dangling']);
}

describe('killed at every step', () => {
  test('of a removal', async () => {
    const learnt = await workedIn();
    const points = pointsOf(learnt.repo, 'remove');
    expect(points).toHaveLength(14);
    for (const point of ['remove.pin:before', ...points.filter(after)]) {
      const { repo, path, before } = await workedIn();
      expect([point, run(repo, 'remove', { FLIGHT_RULES_FAULT: point })]).toEqual([
        point,
        'SIGKILL',
      ]);
      await recover(repo);
      await expectWhole(repo, path, before);
    }
  });

  test('of the recovery of a removal, forward and back', async () => {
    for (const [first, ...then] of [
      ['remove.move-worktree:after', 'remove.move-private:after', 'remove.refs:before'],
      ['remove.lock-admin:after', 'recover.back:before', 'recover.back:after'],
      ['remove.move-private:after', 'remove.placeholder:after', 'remove.refs:after'],
    ]) {
      const { repo, path, before } = await workedIn();
      const kills = [run(repo, 'remove', { FLIGHT_RULES_FAULT: first ?? '' })];
      for (const point of then) kills.push(run(repo, 'recover', { FLIGHT_RULES_FAULT: point }));
      expect(kills).toEqual(['SIGKILL', 'SIGKILL', 'SIGKILL']);
      await recover(repo);
      await expectWhole(repo, path, before);
    }
  });

  test('of a restore', async () => {
    const learnt = await workedIn();
    await leave(learnt.repo);
    for (const point of pointsOf(learnt.repo, 'restore').filter(after)) {
      const { repo, path, before } = await workedIn();
      await leave(repo);
      expect([point, run(repo, 'restore', { FLIGHT_RULES_FAULT: point })]).toEqual([
        point,
        'SIGKILL',
      ]);
      await recover(repo);
      await expectWhole(repo, path, before);
    }
  });

  for (const left of ['its private git dir', 'nothing but its branch'] as const) {
    test(`of the restore of an orphan that has ${left}`, async () => {
      const orphan = async (): Promise<{ repo: TrashRepo; path: string }> => {
        const { repo, path } = await workedIn();
        rmSync(path, { recursive: true });
        if (left === 'nothing but its branch') {
          rmSync(join(repo.project.commonDir, 'worktrees/auth'), { recursive: true });
        }
        return { repo, path };
      };
      const staged = left === 'its private git dir' ? 'A  staged.txt\n' : '';
      for (const point of pointsOf((await orphan()).repo, 'restore-orphan').filter(after)) {
        const { repo, path } = await orphan();
        run(repo, 'restore-orphan', { FLIGHT_RULES_FAULT: point });
        await recover(repo);
        if (!existsSync(path)) run(repo, 'restore-orphan');
        expect([point, repo.git(['status', '--porcelain'], path)]).toEqual([point, staged]);
        const { record, place } = await repo.facts('auth');
        expect([record?.intent, place.kind]).toEqual([undefined, 'present']);
      }
    });
  }

  test('of emptying the trash', async () => {
    const learnt = await workedIn();
    await leave(learnt.repo);
    for (const point of pointsOf(learnt.repo, 'expire').filter(after)) {
      const { repo } = await workedIn();
      await leave(repo);
      run(repo, 'expire', { FLIGHT_RULES_FAULT: point });
      run(repo, 'expire');
      expect((await registryOf(repo)).trash).toEqual([]);
      expect(existsSync(join(repo.project.sessionsDir, '.trash/auth-1.expiring'))).toBe(false);
      expect(existsSync(join(repo.project.commonDir, 'worktrees/auth'))).toBe(false);
      expect(existsSync(join(repo.project.commonDir, 'flight-rules/trash/auth-1.expiring'))).toBe(
        false,
      );
    }
  });
});
