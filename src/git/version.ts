/**
 * The version of git, checked once per command. No process where another call tells it on the way:
 * git's own trace begins with it. Else one: `git version`.
 */
import { FlightError } from '../kernel/errors.ts';
import { gitText, type Git } from './git.ts';

const needed = [2, 38] as const;

/** Configuration that decides how files become blobs and how blobs are merged. */
const deciding = [
  'attr.*',
  'core.attributesfile',
  'core.autocrlf',
  'core.bigfilethreshold',
  'core.eol',
  'core.filemode',
  'core.ignorecase',
  'core.precomposeunicode',
  'core.sparsecheckout*',
  'core.symlinks',
  'diff.rename*',
  'extensions.*',
  'filter.*',
  'merge.*',
];

/** What makes a call tell the version and that configuration, as lines of JSON on stderr. */
export const telling: Readonly<Record<string, string>> = {
  GIT_TRACE2_EVENT: '2',
  GIT_TRACE2_CONFIG_PARAMS: deciding.join(','),
};

/** A setting in force, in the order git reads them. */
export interface Setting {
  /** section and name in lower case */
  readonly key: string;
  readonly value: string;
}

/** Pure: the stderr of a `telling` call apart; `version` is `null` if it did not tell. */
export function toldVersion(stderr: Buffer): {
  readonly version: string | null;
  readonly deciding: readonly Setting[];
  readonly said: string;
} {
  const lines = stderr.toString('utf8').split('\n');
  const isEvent = (line: string): boolean => line.startsWith('{"event":"');
  const first = lines.find((line) => line.startsWith('{"event":"version",')) ?? '';
  const version = /"exe":"(?<version>[^"]+)"/u.exec(first)?.groups?.['version'] ?? null;
  return {
    version,
    deciding: lines.flatMap(settingIn),
    said: lines
      .filter((line) => !isEvent(line))
      .join('\n')
      .trim(),
  };
}

function settingIn(line: string): Setting[] {
  if (!line.startsWith('{"event":"def_param",')) return [];
  const event: unknown = JSON.parse(line);
  if (typeof event !== 'object' || event === null) return [];
  const key: unknown = Reflect.get(event, 'param');
  const value: unknown = Reflect.get(event, 'value');
  if (typeof key !== 'string') return [];
  return [{ key, value: typeof value === 'string' ? value : 'true' }];
}

/**
 * @param told the version, if another call has told it
 * @throws FlightError `git-too-old` below 2.38 (`merge-tree --write-tree`)
 */
export async function checkVersion(
  port: Git,
  cwd: string,
  told: string | null = null,
): Promise<string> {
  const text = told ?? (await gitText(port, cwd, ['version']));
  const match = /(?<version>(?<major>\d+)\.(?<minor>\d+)[^\s]*)/u.exec(text);
  const major = Number(match?.groups?.['major'] ?? 0);
  const minor = Number(match?.groups?.['minor'] ?? 0);
  const found = match?.groups?.['version'] ?? text;
  if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
    throw new FlightError('git-too-old', {
      found,
      needed: needed.join('.'),
      program: port.program,
    });
  }
  return found;
}
