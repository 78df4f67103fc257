/**
 * `parallel.guard`, for a hook: of the main checkout's configuration, else of the user's own. Not of
 * the session's: whoever works there could write it. A file that cannot be read decides nothing;
 * every other command says what is wrong with it. The parser of comments is loaded only if there
 * are some.
 */
import { readRegularText } from '../kernel/regular-file.ts';
import {
  guardModes,
  projectConfigFile,
  userConfigFile,
  type GuardMode,
} from '../sessions/settings-place.ts';

/** @param root the main checkout; `null`: there is none, or nobody knows where */
export async function guardMode(
  root: string | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<GuardMode> {
  const files = [...(root === null ? [] : [projectConfigFile(root)]), userConfigFile(env)];
  for (const file of files) {
    const mode = guardIn(await valueOf(file));
    if (mode !== null) return mode;
  }
  return 'advise';
}

async function valueOf(file: string): Promise<unknown> {
  try {
    const text = (await readRegularText(file)).replace(/^\uFEFF/u, '');
    return plainJson(text) ?? (await (await import('./guard-comments.ts')).withComments(text));
  } catch {
    return null;
  }
}

function plainJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function guardIn(config: unknown): GuardMode | null {
  const value = property(property(config, 'parallel'), 'guard');
  return guardModes.find((mode) => mode === value) ?? null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
