/**
 * Which commands of a repository may run: those whose exact text the user has approved for this
 * very repository. What the user wrote into their own configuration or on the command line is
 * theirs and needs no approval. Anything unclear counts as not approved. Starts no process.
 */
import type { Project } from '../sessions/project.ts';
import { userConfigFile } from '../sessions/settings-place.ts';
import { approvalKey, readApprovals, type StoreLocation } from './store.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command is for. The same text approved for one kind is not approved for another. */
export type CommandKind = 'verify';

export interface ProjectCommand {
  readonly kind: CommandKind;
  /** the exact text, as the shell would get it */
  readonly command: string;
}

type Configured = Pick<Project, 'commonDir' | 'settings'>;

/** The commands that come from the repository, each once. */
export function projectCommands(project: Configured, env: Environment): readonly ProjectCommand[] {
  const { verify } = project.settings;
  if (!comesFromRepository(verify.source, env)) return [];
  return [...new Set(verify.value)].map((command) => ({ kind: 'verify', command }));
}

/** True unless the setting is a default or stands in the user's own file. */
export function comesFromRepository(source: string, env: Environment): boolean {
  return source !== 'default' && source !== userConfigFile(env);
}

/** Those of `commands` that are not approved for this repository; all, if that cannot be read. */
export async function untrusted(
  where: StoreLocation,
  kind: CommandKind,
  commands: readonly string[],
): Promise<readonly string[]> {
  const read = await readApprovals(where);
  if (read.kind === 'unreadable') return commands;
  return commands.filter((command) => !read.approvals.has(approvalKey(kind, command)));
}

/** True if every one of `commands` is approved for this repository. */
export async function isTrusted(
  where: StoreLocation,
  kind: CommandKind,
  commands: readonly string[],
): Promise<boolean> {
  return (await untrusted(where, kind, commands)).length === 0;
}

/** What agents and CI set in the environment of the commands they start. */
const markers = ['CLAUDECODE', 'CODEX_SANDBOX', 'CURSOR_AGENT', 'GEMINI_CLI', 'OPENCODE', 'CI'];

/**
 * Why whoever runs this is not a person who can approve, or `null` if nothing speaks against it.
 * An empty variable, `0` and `false` do not count as set.
 */
export function whyNoPerson(interactive: boolean, env: Environment): string | null {
  const marker = markers.find((name) => !['', '0', 'false'].includes(env[name] ?? ''));
  if (marker === 'CI') return 'this runs in CI (CI is set)';
  if (marker !== undefined) return `this runs under a coding agent (${marker} is set)`;
  return interactive ? null : 'this does not run at a terminal';
}
