/**
 * Where the repository of a session is and was, written beside its token whenever links are: a
 * link that leads nowhere is an old one of ours only if it leads to one of these places. Reading
 * is `sessions/links.ts`.
 */
import { dirname } from 'node:path';
import { absolute, type AbsolutePath } from '../kernel/path.ts';
import { commonDirsOf } from '../sessions/links.ts';
import { commonDirsFile } from '../sessions/project.ts';
import { makeDirectory, writeDurably } from './disk.ts';

/** @param privateDir where git knows it: `<common dir>/worktrees/<id>`, a real path */
export async function rememberCommonDir(privateDir: AbsolutePath): Promise<void> {
  const commonDir = dirname(dirname(privateDir));
  const known = await commonDirsOf(privateDir);
  if (known.at(-1) === commonDir) return;
  const file = commonDirsFile(privateDir);
  await makeDirectory(absolute(dirname(file)));
  await writeDurably(file, [...known.filter((one) => one !== commonDir), commonDir].join('\0'));
}
