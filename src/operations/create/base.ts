/** Which branch the session starts from and returns to. It must be a local one. */
import { trusted } from '../../kernel/brand.ts';
import { FlightError } from '../../kernel/errors.ts';
import { gitText } from '../../git/git.ts';
import { branchOf, parseBranchName, type BranchName, type Oid } from '../../git/oid.ts';
import { defaultBase, type Observation } from '../../sessions/observe.ts';
import type { Project } from '../../sessions/project.ts';
import type { CreateRequest } from './request.ts';

export type Base =
  | { readonly kind: 'base'; readonly name: BranchName; readonly oid: Oid }
  | {
      readonly kind: 'ask';
      /** what was meant and is no local branch, `null` if nothing was */
      readonly asked: string | null;
      readonly suggestions: readonly BranchName[];
    };

/** @throws FlightError `no-commits` */
export async function chooseBase(
  project: Project,
  facts: Observation,
  request: Pick<CreateRequest, 'base'>,
): Promise<Base> {
  const { branches } = facts.registry;
  if (branches.size === 0) throw new FlightError('no-commits', { root: project.root });
  const asked = request.base ?? defaultBase(project, facts.worktrees) ?? (await bareHead(project));
  const name = asked === null ? null : parseBranchName(asked);
  const tip = name === null ? undefined : branches.get(name);
  if (name !== null && tip !== undefined) return { kind: 'base', name, oid: tip };
  const prefix = project.settings.branchPrefix.value;
  const own = [...branches.keys()].filter((branch) => !branch.startsWith(prefix));
  const first = own.filter((branch) => branch === 'main' || branch === 'master');
  const suggestions = [...new Set([...first, ...own])].slice(0, 8);
  return { kind: 'ask', asked, suggestions };
}

/** A bare repository has no main checkout; its HEAD names the branch people mean. */
async function bareHead(project: Project): Promise<string | null> {
  if (project.mainCheckout !== null) return null;
  const head = await gitText(project.git, project.commonDir, ['symbolic-ref', '-q', 'HEAD'], {
    answers: [0, 1],
  });
  return branchOf(trusted(head));
}
