/** The user's and the repository's git configuration, read once per command. */
import { git, gitFields, type Git } from './git.ts';
import { retryOnRace } from './retry.ts';

export interface GitConfig {
  /** the last value of `key` (case-insensitive section and name), or `null` */
  readonly get: (key: string) => string | null;
  /** all values of `key`, in order */
  readonly all: (key: string) => readonly string[];
  /** git's reading of booleans; `null` if it is not set or no boolean */
  readonly bool: (key: string) => boolean | null;
  readonly keys: () => readonly string[];
}

/** One process: `git config --list -z` in `directory` (worktree configuration included). */
export async function readConfig(port: Git, directory: string): Promise<GitConfig> {
  return parseConfig(await gitFields(port, directory, ['config', '--list', '-z']));
}

/**
 * The configuration of the repository, asked once per command: it steers how things are done, and
 * nothing that a destructive step relies on. One process, the first time.
 */
export async function commandConfig(port: Git, commonDir: string): Promise<GitConfig> {
  const known = port.configs.get(commonDir);
  if (known !== undefined) return parseConfig(await known);
  const asked = gitFields(port, commonDir, ['config', '--list', '-z']);
  port.configs.set(commonDir, asked);
  // a failure (or Ctrl-C) is not remembered
  asked.catch(() => port.configs.delete(commonDir));
  return parseConfig(await asked);
}

/** Pure: fields of `config --list -z`, `key\nvalue` or `key` alone for a valueless one. */
export function parseConfig(fields: readonly string[]): GitConfig {
  const values = new Map<string, string[]>();
  for (const field of fields) {
    const newline = field.indexOf('\n');
    const key = newline < 0 ? field : field.slice(0, newline);
    const value = newline < 0 ? 'true' : field.slice(newline + 1);
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else known.push(value);
  }
  const all = (key: string): readonly string[] => values.get(normalised(key)) ?? [];
  const get = (key: string): string | null => all(key).at(-1) ?? null;
  const bool = (key: string): boolean | null => {
    const value = get(key)?.toLowerCase();
    if (value === undefined) return null;
    if (['true', 'yes', 'on', '1'].includes(value)) return true;
    if (['false', 'no', 'off', '0', ''].includes(value)) return false;
    return null;
  };
  return { get, all, bool, keys: () => [...values.keys()] };
}

/** True if git may have to fetch objects that a remote has promised. */
export function isPartialClone(config: GitConfig): boolean {
  if (config.get('extensions.partialClone') !== null) return true;
  return config.keys().some((key) => /^remote\..*\.promisor$/u.test(key) && config.bool(key));
}

/**
 * What the configuration says of a branch that is about to be made: left there by a branch of that
 * name that is gone. `git branch -d` removes it; deleting the ref alone does not. One process if
 * there is something, `config --remove-section`, else none.
 */
export async function forgetBranch(
  port: Git,
  directory: string,
  config: GitConfig,
  branch: string,
): Promise<void> {
  const section = `branch.${branch}`;
  const said = (key: string): boolean =>
    key.startsWith(`${section}.`) && !key.slice(section.length + 1).includes('.');
  if (!config.keys().some(said)) return;
  await retryOnRace(() =>
    // 128: it stands in a file that is not the repository's
    git(port, directory, ['config', '--local', '--remove-section', section], {
      answers: [0, 128],
    }),
  );
}

/** git lower-cases section and name, not the subsection between them */
function normalised(key: string): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  return key.slice(0, first).toLowerCase() + key.slice(first, last) + key.slice(last).toLowerCase();
}
