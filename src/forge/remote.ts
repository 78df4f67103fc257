/**
 * Which remote a session's branch goes to, and what the base is called there.
 *
 * Processes: `config --list` (all answers in one), `remote get-url --push` (which applies
 * `pushurl`, `insteadOf` and `pushInsteadOf` as the push itself will).
 */
import { readConfig, type GitConfig } from '../git/config.ts';
import { gitText, type Git } from '../git/git.ts';
import { branchOf, type BranchName } from '../git/oid.ts';
import { FlightError } from '../kernel/errors.ts';
import { parseAddress, type RemoteAddress } from './url.ts';

export interface Remote {
  readonly name: string;
  /** where pushes go; may hold credentials: never shown */
  readonly url: string;
  readonly address: RemoteAddress;
  /** the base as the remote calls it: its upstream there, else the same name */
  readonly base: string;
  /** there are others: the pull request may go from one repository to another */
  readonly several: boolean;
}

/**
 * `remote.pushDefault`, else the remote the base comes from, else `origin`, else the only one.
 * @param directory of the repository, e.g. the main checkout
 * @param name of the session, for the message
 * @throws FlightError `no-remote`
 */
export async function findRemote(
  port: Git,
  directory: string,
  about: { readonly name: string; readonly base: BranchName },
): Promise<Remote> {
  const config = await readConfig(port, directory);
  const remotes = remoteNames(config);
  const name = chooseRemote(config, remotes, about.base);
  if (name === null) {
    const why =
      remotes.length === 0
        ? 'the repository has none'
        : `there are ${remotes.join(', ')}, and none is the one of ${about.base}`;
    throw new FlightError('no-remote', { name: about.name, why });
  }
  const url = await gitText(port, directory, [
    'remote',
    'get-url',
    '--push',
    '--end-of-options',
    name,
  ]);
  return {
    name,
    url,
    address: parseAddress(url),
    base: baseThere(config, name, about.base),
    several: remotes.length > 1,
  };
}

/** Pure: the remotes that have an address. */
export function remoteNames(config: GitConfig): readonly string[] {
  const names = config
    .keys()
    .flatMap((key) => /^remote\.([\s\S]+)\.(?:url|pushurl)$/u.exec(key)?.[1] ?? []);
  return [...new Set(names)];
}

/** Pure: what is configured counts only if it names a remote (it may be an address, or `.`). */
export function chooseRemote(
  config: GitConfig,
  remotes: readonly string[],
  base: string,
): string | null {
  const wanted = [config.get('remote.pushDefault'), config.get(`branch.${base}.remote`), 'origin'];
  const found = wanted.find((name) => name !== null && remotes.includes(name));
  return found ?? (remotes.length === 1 ? (remotes[0] ?? null) : null);
}

/** Pure: a local `main` may track `trunk`; the pull request is opened against that. */
export function baseThere(config: GitConfig, remote: string, base: string): string {
  if (config.get(`branch.${base}.remote`) !== remote) return base;
  return branchOf(config.get(`branch.${base}.merge`) ?? '') ?? base;
}
