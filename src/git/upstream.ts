/** What branches track. Two processes: `for-each-ref` for names, `for-each-ref` for values. */
import { git, type Git } from './git.ts';
import { refName, type BranchName, type Oid } from './oid.ts';
import { listRefs } from './refs.ts';

/** The remote-tracking ref of each branch that has one, and where it is. */
export async function upstreams(
  port: Git,
  repository: string,
  branches: readonly BranchName[],
): Promise<Map<BranchName, { readonly name: string; readonly tip: Oid }>> {
  const found = new Map<BranchName, { readonly name: string; readonly tip: Oid }>();
  if (branches.length === 0) return found;
  const { stdout } = await git(port, repository, [
    'for-each-ref',
    '--format=%(refname) %(upstream)',
    ...branches.map((branch) => `refs/heads/${branch}`),
  ]);
  const tracked = stdout
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, upstream]) => upstream !== undefined && upstream !== '');
  if (tracked.length === 0) return found;
  const names = tracked.map(([, upstream]) => refName(upstream ?? ''));
  const tips = new Map((await listRefs(port, repository, names)).map((r) => [r.name, r.oid]));
  for (const branch of branches) {
    const line = tracked.find(([ref]) => ref === `refs/heads/${branch}`);
    const name = line?.[1] === undefined ? null : refName(line[1]);
    const tip = name === null ? undefined : tips.get(name);
    if (name !== null && tip !== undefined) {
      found.set(branch, { name: name.replace(/^refs\/(?:remotes|heads)\//u, ''), tip });
    }
  }
  return found;
}
