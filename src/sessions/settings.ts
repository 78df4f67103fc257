/**
 * Configuration: flags win over the project's `.flight-rules/config.json`, which wins over the
 * user's `$XDG_CONFIG_HOME/flight-rules/config.json`, which wins over the defaults.
 * Both files are JSON with comments. The parser is loaded only if there is a file.
 */
import type { Warning } from '../kernel/outcome.ts';

/** A value and where it comes from (a file's path, or `default`). */
export interface Setting<T> {
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
  /** commands that come from the repository: run only when trusted */
  readonly verify: Setting<readonly string[]>;
}

export const defaults: Settings = {
  sessionsDir: { value: null, source: 'default' },
  branchPrefix: { value: 'session/', source: 'default' },
  base: { value: null, source: 'default' },
  keepDays: { value: 7, source: 'default' },
  agent: { value: null, source: 'default' },
  verify: { value: [], source: 'default' },
};

/**
 * @param from `root`: the main checkout, `null` in a bare repository (no project file then)
 * @throws FlightError `bad-config` naming file and path of a value of the wrong type
 */
export async function loadSettings(_from: {
  readonly root: string | null;
  readonly projectName: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<{ settings: Settings; warnings: readonly Warning[] }> {
  return { settings: defaults, warnings: [] };
}
