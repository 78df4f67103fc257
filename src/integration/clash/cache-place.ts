/** Where the user keeps caches, and which file there is a project's. Reads nothing. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { isWithin, type AbsolutePath } from '../../kernel/path.ts';

export interface CachePlace {
  /** real path of the common dir: the identity of the project */
  readonly commonDir: AbsolutePath;
  /** folders of the project, where reading writes nothing, whatever the user has configured */
  readonly avoid: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
}

/** `<cache directory>/flight-rules/clashes/<hash of the common dir>`; `null`: there is no place. */
export function cacheFile(place: CachePlace): string | null {
  const folder = cacheDirectory(place);
  if (folder === null || place.avoid.some((one) => isWithin(folder, one))) return null;
  const name = createHash('sha256').update(place.commonDir).digest('hex');
  return join(folder, 'flight-rules', 'clashes', name);
}

/** The user's cache directory; `null`: there is none. */
export function cacheDirectory({
  env,
  platform = process.platform,
}: Pick<CachePlace, 'env' | 'platform'>): string | null {
  const at = (name: string): string | null => {
    const value = env[name];
    // a relative one is to be ignored, says the standard
    return value !== undefined && isAbsolute(value) ? value : null;
  };
  if (platform === 'win32') return at('LOCALAPPDATA');
  const configured = at('XDG_CACHE_HOME');
  if (configured !== null) return configured;
  const home = at('HOME') ?? homedir();
  if (!isAbsolute(home)) return null;
  return platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}
