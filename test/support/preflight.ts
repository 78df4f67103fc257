// Asks the preflight of a session of the fixture, and looks whether anything was written.
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { preflight, type Preflight } from '../../src/safety/preflight.ts';
import type { Leaving } from '../../src/safety/refusals.ts';
import type { TestRepo, TestSession } from './repo.ts';

/** The preflight of session `name`, asked by this process. */
export async function ask(
  repo: TestRepo,
  name: string,
  strategy: Leaving = 'merge',
  more: { forceInUse?: boolean; callerPid?: number } = {},
): Promise<Preflight> {
  return preflight(await repo.project(), await repo.facts(name), {
    strategy,
    forceInUse: more.forceInUse ?? false,
    callerPid: more.callerPid ?? process.pid,
    command: ['parallel', 'remove', name, '--strategy', strategy],
    worktrees: await repo.worktrees(),
  });
}

/** Codes of what refuses, in order. */
export function codes({ refusals }: Preflight): string[] {
  return refusals.map(({ code }) => code);
}

/** Asks, and answers the codes and the paths of the uncommitted work. */
export async function dirt(
  repo: TestRepo,
  session: TestSession,
): Promise<{ codes: string[]; paths: readonly string[] }> {
  const answer = await ask(repo, session.name);
  const { tree } = answer.facts;
  return { codes: codes(answer), paths: tree.kind === 'known' ? tree.value.dirty : [] };
}

/** Every file below `folder` with size, time of change and bytes. */
export function fingerprint(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((path) => {
      const file = join(folder, path);
      const stats = lstatSync(file, { bigint: true });
      const bytes = stats.isFile()
        ? createHash('sha1').update(readFileSync(file)).digest('hex')
        : stats.isSymbolicLink()
          ? readlinkSync(file)
          : '';
      return `${path} ${stats.mode} ${stats.mtimeNs} ${stats.ctimeNs} ${bytes}`;
    });
}
