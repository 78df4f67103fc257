/**
 * How installed texts call the program. They are committed and read in every session, on other
 * machines too, so nothing of this machine may be in them.
 *
 * On PATH it is `flight-rules`. Else it is the one in the project's own node_modules, which only
 * the main checkout has: npx finds it from the common dir, which a session shares. A client that
 * starts an MCP server runs no shell, so that `sh` is started to work out the folder; an absolute
 * path would be wrong in every other clone.
 */
import { lookUpProgram } from '../git/git.ts';
import type { Spelling } from './agent.ts';

export type SpellingKind = 'path' | 'npx';

const npx =
  'npx --no-install --prefix "$(dirname "$(git rev-parse --path-format=absolute --git-common-dir)")" flight-rules';

export function spellingOf(kind: SpellingKind): Spelling {
  switch (kind) {
    case 'path':
      return { shell: 'flight-rules', mcp: { command: 'flight-rules', args: ['mcp'] } };
    case 'npx':
      return { shell: npx, mcp: { command: 'sh', args: ['-c', `exec ${npx} mcp`] } };
  }
}

/**
 * @param path PATH; folders that npm puts before it for one run do not count: they are gone when
 *   the texts are used
 */
export function spellingHere(path: string): SpellingKind {
  const lasting = path
    .split(':')
    .filter((folder) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/u.test(folder))
    .join(':');
  return lookUpProgram('flight-rules', lasting) === null ? 'npx' : 'path';
}
