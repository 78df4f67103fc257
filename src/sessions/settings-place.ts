/** Where configuration files are. Apart from reading them, so that a hook can ask for no more. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The project's configuration file. It comes with the repository, so it may be hostile. */
export function projectConfigFile(root: string): string {
  return join(root, '.flight-rules', 'config.json');
}

/** The user's own configuration file. A relative `XDG_CONFIG_HOME` is ignored, as XDG asks for. */
export function userConfigFile(env: Environment): string {
  const configured = env['XDG_CONFIG_HOME'];
  const folder =
    configured !== undefined && isAbsolute(configured) ? configured : join(home(env), '.config');
  return join(folder, 'flight-rules', 'config.json');
}

/** What happens to a write that leaves a session; `off`: nothing is said at all. */
export const guardModes = ['advise', 'block', 'off'] as const;
export type GuardMode = (typeof guardModes)[number];

/** The user's home. */
export function home(env: Environment): string {
  const configured = env['HOME'];
  return configured !== undefined && isAbsolute(configured) ? configured : homedir();
}
