/**
 * The post-merge hook of the base's checkout. It runs after the lock was released, since it may
 * take long (installing packages, say), and with a time limit. The base has moved by then: a hook
 * that fails is a warning, as it is to git.
 */
import { runHook } from '../git/hooks.ts';
import type { Warning } from '../kernel/outcome.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Project } from '../sessions/project.ts';
import { hooksFor } from './hooks.ts';

const limitMs = 600_000;

/**
 * Runs it, if there is one and a checkout has moved. Processes: `rev-parse`, the hook.
 * @param timeoutMs default 10 minutes
 */
export async function runPostMerge(
  project: Pick<Project, 'git' | 'root'>,
  landed: { readonly worktree: AbsolutePath | null },
  timeoutMs: number = limitMs,
): Promise<Warning | null> {
  const { worktree } = landed;
  if (worktree === null) return null;
  // 0: not a squash that is still to be committed
  const hook = { name: 'post-merge', args: ['0'], worktree, done: 'The base has moved' };
  return runHookAfter(project, hook, timeoutMs);
}

/**
 * Runs the hook `name` in `worktree`, if there is one, after what it belongs to is done.
 * @param timeoutMs default 10 minutes
 */
export async function runHookAfter(
  project: Pick<Project, 'git' | 'root'>,
  after: {
    readonly name: string;
    readonly args: readonly string[];
    readonly worktree: AbsolutePath;
    /** the beginning of a sentence: `The base has moved` */
    readonly done: string;
  },
  timeoutMs: number = limitMs,
): Promise<Warning | null> {
  const { name, worktree: cwd } = after;
  const [hook] = await hooksFor(project.git, project, [name]);
  if (hook === undefined) return null;
  const { exit, timedOut, output } = await runHook(project.git, hook.path, after.args, {
    cwd,
    timeoutMs,
  });
  if (exit === 0) return null;
  const late = `It did not end within ${Math.round(timeoutMs / 1000)} s and was stopped.`;
  const message = [`${after.done}, but its ${name} hook failed.`, output.trim()]
    .concat(timedOut ? [late] : [])
    .filter((sentence) => sentence !== '')
    .join(' ');
  return { code: `${name}-failed`, message };
}
