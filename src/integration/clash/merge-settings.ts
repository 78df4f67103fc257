/**
 * What else than the two states decides how a merge goes: git's version, the configuration of
 * merges and of how files become blobs, and the attributes that lie outside of every tree. No
 * process: git told the configuration when the repository was opened (else one, `config`).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { commandConfig } from '../../git/config.ts';
import { userAttributesFile } from '../../git/union.ts';
import type { Setting } from '../../git/version.ts';
import { below } from '../../kernel/path.ts';
import type { Project } from '../../sessions/project.ts';

export interface MergeSettings {
  /** of all of them */
  readonly digest: string;
  /** a worktree may have settings of its own */
  readonly perWorktree: boolean;
}

/** Another way of judging makes another number. */
const method = '1';

export async function mergeSettings(project: Project): Promise<MergeSettings> {
  const { git, commonDir, repository } = project;
  const settings = repository.deciding ?? (await allSettings(project));
  const last = (name: string): string | null =>
    settings.findLast(({ key }) => key === name)?.value ?? null;
  const files = [
    below(commonDir, 'info', 'attributes'),
    userAttributesFile(git, commonDir, last('core.attributesfile')),
    '/etc/gitattributes',
  ];
  const parts = [method, repository.version, settings, files.map(textOf)];
  return {
    digest: createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24),
    perWorktree: (last('extensions.worktreeconfig') ?? 'false') !== 'false',
  };
}

/** More than is needed, and as good. */
async function allSettings({ git, commonDir }: Project): Promise<readonly Setting[]> {
  const config = await commandConfig(git, commonDir);
  return config.keys().flatMap((key) => config.all(key).map((value) => ({ key, value })));
}

/** Byte for byte; `null` if it cannot be read. */
export function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
