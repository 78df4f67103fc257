/**
 * The hook that git would run after it: `post-merge` for a merge or fast-forward, `post-checkout`
 * for a rebase (which checks out what it puts the commits on). It runs after the lock was
 * released, since it may take long, and with a time limit; that it fails is a warning, as it is
 * to git. `post-rewrite` is not run: it has to be told of each commit on its input.
 */
import { runHook } from '../../git/hooks.ts';
import { hooksFor } from '../hooks.ts';
import type { SyncDeps, SyncInput, SyncResult } from './model.ts';

const limitMs = 600_000;

export async function runHooksAfter(
  { project, warn, hookTimeoutMs }: SyncDeps,
  { worktree, name }: SyncInput,
  { from, to, shape }: Extract<SyncResult, { kind: 'synced' }>,
): Promise<void> {
  const wanted = shape === 'rebase' ? 'post-checkout' : 'post-merge';
  const [hook] = await hooksFor(project.git, project, [wanted]);
  if (hook === undefined) return;
  // 0: not a squash that is still to be committed; 1: a branch, not a file, was checked out
  const args = shape === 'rebase' ? [from, to, '1'] : ['0'];
  const timeoutMs = hookTimeoutMs ?? limitMs;
  const { exit, timedOut, output } = await runHook(project.git, hook.path, args, {
    cwd: worktree,
    timeoutMs,
  });
  if (exit === 0) return;
  const late = `It did not end within ${Math.round(timeoutMs / 1000)} s and was stopped.`;
  const message = [`Session ${name} is in step, but its ${wanted} hook failed.`, output.trim()]
    .concat(timedOut ? [late] : [])
    .filter((sentence) => sentence !== '')
    .join(' ');
  warn?.({ code: `${wanted}-failed`, message });
}
