/**
 * The merge or rebase itself, by git in the session's worktree, for whoever resolves what
 * conflicts: as the user would run it, with the repository's hooks as they stand in the main
 * checkout, and without what would ask, stash, or move other branches along.
 *
 * - a merge is begun with `--no-commit`, so that no hook runs before everything is resolved;
 * - whether git stopped at conflicts is not read off its exit code: the caller looks at what is
 *   under way then (`underway.ts`).
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergeMessage } from '../../git/commit.ts';
import { GitError, type Git } from '../../git/git.ts';
import type { BranchName, Oid } from '../../git/oid.ts';
import { unionSettings } from '../../git/union.ts';
import { FlightError } from '../../kernel/errors.ts';
import { absolute, type AbsolutePath } from '../../kernel/path.ts';
import { gitWithHooks, hooksFor, wrapHooks, type Wrappers } from '../hooks.ts';

export interface RealSync {
  readonly shape: 'merge' | 'rebase';
  readonly worktree: AbsolutePath;
  /** the main checkout: hooks are those seen from there */
  readonly root: AbsolutePath;
  readonly branch: BranchName;
  readonly base: BranchName;
  readonly from: Oid;
  readonly baseTip: Oid;
  /** default 10 minutes */
  readonly hookTimeoutMs?: number;
}

/** `stopped`: at conflicts, by a hook, or because git failed; `error` says it in git's words. */
export type Ended =
  | { readonly kind: 'well' }
  | { readonly kind: 'stopped'; readonly error: unknown };

const hookLimitMs = 600_000;

const commitHooks = ['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit'];
const rebaseHooks = ['pre-rebase', 'post-checkout', 'post-rewrite', ...commitHooks];

const quiet = [
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'core.fsync=all',
  // what was resolved before is proposed in the files; that it is right somebody says by adding it
  'rerere.autoUpdate=false',
];
const plainRebase = [
  'rebase.autoStash=false',
  'rebase.autoSquash=false',
  'rebase.updateRefs=false',
  'rebase.rebaseMerges=false',
  // else a line of a message that begins as a comment does is gone with what git says of conflicts
  'commit.cleanup=scissors',
];

/** Begins it. Nothing may be under way there, and no tracked file may be changed. */
export function begin(port: Git, sync: RealSync): Promise<Ended> {
  return inRoom(port, sync, async (wrappers, union) => {
    if (sync.shape === 'rebase') {
      const args = ['rebase', '--merge', '--quiet', '--no-stat', '--no-autostash'];
      const rest = ['--no-fork-point', '--empty=drop', sync.baseTip];
      await run(port, sync, wrappers, [
        ...settings([...quiet, ...plainRebase]),
        ...union,
        ...args,
        ...rest,
      ]);
      return;
    }
    const { worktree, base, baseTip, branch } = sync;
    const message = await mergeMessage(port, worktree, base, baseTip, branch);
    await run(port, sync, wrappers, [
      ...settings(quiet),
      ...union,
      'merge',
      '--no-ff',
      '--no-commit',
      '--no-squash',
      '--no-stat',
      '--no-log',
      '--no-autostash',
      '--no-verify-signatures',
      '--strategy=ort',
      '--quiet',
      '-m',
      message,
      baseTip,
    ]);
  });
}

/** Concludes it as far as it goes: a merge by its commit, a rebase up to the next conflict. */
export function goOn(port: Git, sync: RealSync): Promise<Ended> {
  return inRoom(port, sync, async (wrappers, union) => {
    const args =
      sync.shape === 'rebase'
        ? [...settings([...quiet, ...plainRebase]), ...union, 'rebase', '--continue']
        : // what git wrote about the conflicts is a comment
          [...settings(quiet), 'commit', '--quiet', '--no-edit', '--cleanup=strip'];
    await run(port, sync, wrappers, args);
  });
}

function settings(pairs: readonly string[]): string[] {
  return pairs.flatMap((pair) => ['-c', pair]);
}

function run(
  port: Git,
  sync: RealSync,
  wrappers: Wrappers,
  args: readonly string[],
): Promise<void> {
  return gitWithHooks(port, sync.worktree, wrappers, args, sync.hookTimeoutMs ?? hookLimitMs);
}

/** A temporary folder for hooks and rules, as long as git runs. */
async function inRoom(
  port: Git,
  sync: RealSync,
  body: (wrappers: Wrappers, union: readonly string[]) => Promise<void>,
): Promise<Ended> {
  const names = sync.shape === 'rebase' ? rebaseHooks : commitHooks;
  const hooks = await hooksFor(port, sync, names);
  const room = absolute(await realpath(await mkdtemp(join(tmpdir(), 'flight-rules-'))));
  try {
    const wrappers = await wrapHooks(room, hooks);
    const ours = sync.shape === 'rebase' ? sync.baseTip : sync.from;
    const union = await unionSettings(port, sync.worktree, ours, room);
    await body(wrappers, union);
    return { kind: 'well' };
  } catch (error) {
    return { kind: 'stopped', error: explained(error) };
  } finally {
    await rm(room, { recursive: true, force: true, maxRetries: 3 });
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof GitError)) return error;
  const why = error.data.stderr.trim();
  return /gpg|sign/iu.test(why) ? new FlightError('sign-failed', { why }, { cause: error }) : error;
}
