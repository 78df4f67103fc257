/**
 * Configuration: flags win over the project's `.flight-rules/config.json`, which wins over the
 * user's `$XDG_CONFIG_HOME/flight-rules/config.json`, which wins over the defaults.
 * Both files are JSON with comments. Parser and schema are loaded only if there is a file.
 * A file that is there and cannot be read is an error: defaults in its place would put sessions
 * where nobody expects them.
 */
import { join } from 'node:path';
import { errorCode } from '../kernel/errno.ts';
import { FlightError } from '../kernel/errors.ts';
import type { Warning } from '../kernel/outcome.ts';
import { isWithin, type AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import {
  home,
  projectConfigFile,
  userConfigFile,
  type Environment,
  type GuardMode,
} from './settings-place.ts';
import type { Config } from './settings-schema.ts';

/** A value and where it comes from (a file's path, or `default`). */
interface Setting<T> {
  readonly value: T;
  readonly source: string;
}

export interface Settings {
  /** absolute, or relative to the root; `null`: beside the project. `{project}` is filled in */
  readonly sessionsDir: Setting<string | null>;
  readonly branchPrefix: Setting<string>;
  readonly base: Setting<string | null>;
  readonly keepDays: Setting<number>;
  readonly agent: Setting<string | null>;
  /** commands; those of the project's file come from the repository: run only when trusted */
  readonly verify: Setting<readonly string[]>;
  /** what the hook before an edit does with a write that leaves a session */
  readonly guard: Setting<GuardMode>;
}

export const defaults: Settings = {
  sessionsDir: { value: null, source: 'default' },
  branchPrefix: { value: 'session/', source: 'default' },
  base: { value: null, source: 'default' },
  keepDays: { value: 7, source: 'default' },
  agent: { value: null, source: 'default' },
  verify: { value: [], source: 'default' },
  guard: { value: 'advise', source: 'default' },
};

/**
 * @param from `root`: the main checkout, `null` in a bare repository (no project file then)
 * @throws FlightError `bad-config` naming file and path of a value of the wrong type
 */
export async function loadSettings(from: {
  readonly root: string | null;
  readonly projectName: string;
  readonly env: Environment;
}): Promise<{ settings: Settings; warnings: readonly Warning[] }> {
  const { root, env, projectName } = from;
  const [user, project] = await Promise.all([
    readConfigFile(userConfigFile(env)),
    root === null ? null : readConfigFile(projectConfigFile(root)),
  ]);
  if (user !== null) checkUserWide(user);
  const layers = [project, user].filter((layer) => layer !== null);
  const pick = <T>(
    read: (parallel: Parallel) => T | undefined,
    standard: Setting<T>,
  ): Setting<T> => {
    for (const layer of layers) {
      const value = read(layer.parallel);
      if (value !== undefined) return { value, source: layer.file };
    }
    return standard;
  };
  const settings: Settings = {
    sessionsDir: pick<string | null>((parallel) => {
      const text = parallel.sessionsDir;
      return text === undefined ? undefined : expanded(text, projectName, env);
    }, defaults.sessionsDir),
    branchPrefix: pick((parallel) => parallel.branchPrefix, defaults.branchPrefix),
    base: pick<string | null>((parallel) => parallel.base, defaults.base),
    keepDays: pick((parallel) => parallel.keepDays, defaults.keepDays),
    agent: pick<string | null>((parallel) => parallel.agent, defaults.agent),
    verify: pick<readonly string[]>((parallel) => {
      const { verify } = parallel;
      return typeof verify === 'string' ? [verify] : verify;
    }, defaults.verify),
    guard: pick<GuardMode>((parallel) => parallel.guard, defaults.guard),
  };
  return { settings, warnings: layers.flatMap((layer) => layer.warnings) };
}

/**
 * Sessions inside the git dir would be taken for git's own files; inside the main checkout they
 * show up there as untracked files and are searched by every tool, which is allowed but said.
 * @param directory real path of the sessions directory
 * @throws FlightError `bad-config`
 */
export function checkSessionsDir(
  directory: AbsolutePath,
  where: {
    readonly commonDir: AbsolutePath;
    readonly mainCheckout: AbsolutePath | null;
    readonly source: string;
  },
): readonly Warning[] {
  const path = 'parallel.sessionsDir';
  if (isWithin(directory, where.commonDir)) {
    const problem = `${directory} lies inside the git directory ${where.commonDir}.`;
    throw new FlightError('bad-config', { file: where.source, path, problem });
  }
  if (where.mainCheckout === null || !isWithin(directory, where.mainCheckout)) return [];
  const message = `${where.source}: ${path}: sessions live inside the main checkout (${directory}). Put that folder into .gitignore, or it shows there as new files.`;
  return [{ code: 'sessions-dir-inside', message }];
}

type Parallel = NonNullable<Config['parallel']>;

interface ConfigLayer {
  readonly file: string;
  readonly parallel: Parallel;
  readonly warnings: readonly Warning[];
}

async function readConfigFile(file: string): Promise<ConfigLayer | null> {
  let text: string;
  try {
    text = await readRegularText(file);
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new FlightError(
      'bad-config',
      { file, path: '', problem: `could not be read: ${code}.` },
      { cause },
    );
  }
  const { parseConfig } = await import('./settings-parse.ts');
  return { file, ...parseConfig(file, text) };
}

/** One folder for all projects would mix their sessions, trash and manifests. */
function checkUserWide(layer: ConfigLayer): void {
  const { sessionsDir } = layer.parallel;
  if (sessionsDir === undefined || sessionsDir.includes('{project}')) return;
  throw new FlightError('bad-config', {
    file: layer.file,
    path: 'parallel.sessionsDir',
    problem: 'a setting for all projects must contain {project}.',
  });
}

function expanded(text: string, projectName: string, env: Environment): string {
  // a function, since `$&` in a replacement text has a meaning
  const named = text.replaceAll('{project}', () => projectName);
  if (named === '~') return home(env);
  return /^~[/\\]/u.test(named) ? join(home(env), named.slice(2)) : named;
}
