/**
 * Building the commit where hooks and verification see the merged files: a real merge or commit
 * by git itself in a scratch worktree, so that hooks get the arguments, files and state they
 * expect. Conflicts have been found by `merge-tree` before; what fails here is a hook.
 */
import { GitError, gitText, type Git } from '../git/git.ts';
import { oid, type Oid } from '../git/oid.ts';
import { unionSettings } from '../git/union.ts';
import { FlightError } from '../kernel/errors.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { commitTree, signsCommits } from '../git/commit.ts';
import { gitWithHooks, wrapHooks, type Hook, type Wrappers } from './hooks.ts';
import { replay } from './replay.ts';
import { fillScratch, moveScratch, type Scratch } from './scratch.ts';
import type { BuildInput, BuildPlan, Built } from './shapes.ts';

export interface ScratchBuild {
  readonly root: AbsolutePath;
  /** registered at the base's tip, empty */
  readonly scratch: Scratch;
  readonly input: BuildInput;
  readonly plan: Exclude<BuildPlan, { kind: 'conflicts' | 'nothing' }>;
  readonly hooks: readonly Hook[];
  readonly hookTimeoutMs: number;
  readonly verify: Verify | null;
}

/**
 * Throws if the merged files in `directory` are not good.
 * @param what is verified there: the commit that was built, and the base's tip it is a child of
 */
export type Verify = (
  directory: AbsolutePath,
  what: { readonly commit: Oid; readonly base: Oid },
) => Promise<void>;

/** @throws FlightError `hook-failed`, `sign-failed`, what `verify` throws */
export async function buildInScratch(port: Git, build: ScratchBuild): Promise<Built> {
  const wrappers = await wrapHooks(build.scratch.folder, build.hooks);
  const built = await commit(port, build, wrappers);
  if (built.kind !== 'ready') return built;
  if (build.verify !== null) {
    await moveScratch(port, build.scratch, built.oid);
    const what = { commit: built.oid, base: build.input.baseTip };
    await build.verify(build.scratch.worktree, what);
  }
  return built;
}

async function commit(port: Git, build: ScratchBuild, wrappers: Wrappers): Promise<Built> {
  const { plan, scratch, input, root } = build;
  switch (plan.kind) {
    case 'ready':
      return plan;
    case 'rebase': {
      if (build.hooks.length > 0) {
        await fillScratch(port, scratch, input.baseTip);
        const args = ['hook', 'run', '--ignore-missing', 'pre-rebase', '--', input.baseTip];
        await gitWithHooks(
          port,
          scratch.worktree,
          wrappers,
          [...args, input.branch],
          build.hookTimeoutMs,
        );
      }
      return replay(port, root, { ...input, commits: plan.commits });
    }
    case 'merge':
    case 'squash': {
      if (build.hooks.length === 0) {
        const parents = [input.baseTip, ...(plan.kind === 'merge' ? [input.sessionTip] : [])];
        const signing = (await signsCommits(port, root)) ? 'signed' : 'unsigned';
        const { tree, message } = plan;
        const made = await commitTree(port, root, { tree, parents, message, signing });
        return { kind: 'ready', oid: made, shape: plan.kind };
      }
      await runCommit(port, build, wrappers, plan);
      return { kind: 'ready', oid: await result(port, build), shape: plan.kind };
    }
  }
}

async function runCommit(
  port: Git,
  build: ScratchBuild,
  wrappers: Wrappers,
  plan: { readonly kind: 'merge' | 'squash'; readonly tree: Oid; readonly message: string },
): Promise<void> {
  const { scratch, input, hookTimeoutMs } = build;
  await fillScratch(port, scratch, input.baseTip);
  const common = [
    '-c',
    'rerere.enabled=false',
    '-c',
    'gc.auto=0',
    '-c',
    'maintenance.auto=false',
    '-c',
    'core.fsmonitor=false',
  ];
  const args =
    plan.kind === 'merge'
      ? [
          ...common,
          ...(await unionSettings(port, scratch.worktree, input.baseTip, scratch.folder)),
          'merge',
          '--no-ff',
          '--commit',
          '--no-edit',
          '--no-squash',
          '--no-stat',
          '--no-log',
          '--no-autostash',
          '--no-verify-signatures',
          '--strategy=ort',
          '--quiet',
          '-m',
          plan.message,
          input.sessionTip,
        ]
      : [...common, 'commit', '--no-edit', '--quiet', '-m', plan.message];
  if (plan.kind === 'squash') await fillScratch(port, scratch, plan.tree);
  try {
    await gitWithHooks(port, scratch.worktree, wrappers, args, hookTimeoutMs);
  } catch (error) {
    if (error instanceof GitError && /sign|gpg/iu.test(error.data.stderr)) {
      throw new FlightError('sign-failed', { why: error.data.stderr.trim() }, { cause: error });
    }
    throw error;
  }
}

/** What git made of it: a child of the base's tip, or a hook has done something of its own. */
async function result(port: Git, build: ScratchBuild): Promise<Oid> {
  const { scratch, input } = build;
  const text = await gitText(port, scratch.worktree, ['rev-parse', 'HEAD', 'HEAD^1']);
  const [head, parent] = text.split('\n');
  if (parent !== input.baseTip) {
    const output = `It left HEAD at ${head ?? ''}, which is no child of ${input.base}.`;
    throw new FlightError('hook-failed', { hook: 'commit', exit: 0, output });
  }
  return oid(head ?? '');
}
