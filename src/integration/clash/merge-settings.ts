/**
 * What else than the two states decides how a merge goes: git's version, the configuration of
 * merges and of how files become blobs, and the attributes that lie outside of every tree. One
 * process, if nobody has asked for the configuration before.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { commandConfig } from '../../git/config.ts';
import { userAttributesFile } from '../../git/union.ts';
import { below } from '../../kernel/path.ts';
import type { Project } from '../../sessions/project.ts';

export interface MergeSettings {
  /** of all of them */
  readonly digest: string;
  /** a worktree may have settings of its own */
  readonly perWorktree: boolean;
}

const deciding =
  /^(?:merge|filter|attr|extensions)\.|^diff\.rename|^core\.(?:attributesfile|autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|bigfilethreshold|sparsecheckout)/u;

/** Another way of judging makes another number. */
const method = '1';

export async function mergeSettings(project: Project): Promise<MergeSettings> {
  const config = await commandConfig(project.git, project.commonDir);
  const hash = createHash('sha256');
  hash.update(JSON.stringify([method, project.repository.version]));
  for (const key of config.keys().toSorted()) {
    if (deciding.test(key)) hash.update(JSON.stringify([key, config.all(key)]));
  }
  const configured = config.get('core.attributesFile');
  for (const file of [
    below(project.commonDir, 'info', 'attributes'),
    userAttributesFile(project.git, project.commonDir, configured),
    '/etc/gitattributes',
  ]) {
    hash.update(JSON.stringify(bytesOf(file)));
  }
  return {
    digest: hash.digest('hex').slice(0, 24),
    perWorktree: config.bool('extensions.worktreeConfig') === true,
  };
}

/** As text that tells two contents apart; `null` if it cannot be read. */
export function bytesOf(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}
