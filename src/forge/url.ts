/**
 * Addresses of remotes. Pure. They may carry a password or a token, so nothing of an address is
 * shown before it went through here.
 */

export interface RemoteAddress {
  /** lower case, without user and port; `null` for a local path */
  readonly host: string | null;
  /** first part of the path, e.g. the organisation; `null` if there is none */
  readonly owner: string | null;
}

/** `https://u:p@host/o/r.git`, `ssh://git@host:22/o/r`, `git@host:o/r.git`, or a path. */
export function parseAddress(url: string): RemoteAddress {
  const long =
    /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:[^/]*@)?(?<host>\[[^\]]*\]|[^:/]*)(?::\d*)?(?:\/(?<path>.*))?$/iu.exec(
      url,
    );
  if (long?.groups !== undefined) {
    const { scheme, host, path } = long.groups;
    if (scheme?.toLowerCase() === 'file' || host === undefined || host === '') return nowhere;
    return { host: canonical(host), owner: firstPart(path) };
  }
  // scp-like: a colon before the first slash; one letter is a drive of Windows
  const short = /^(?:[^/@]*@)?(?<host>[^/:@]{2,}):(?<path>.*)$/u.exec(url);
  if (short?.groups === undefined) return nowhere;
  return { host: canonical(short.groups['host'] ?? ''), owner: firstPart(short.groups['path']) };
}

const nowhere: RemoteAddress = { host: null, owner: null };

/** GitHub and GitLab take SSH on port 443 under names of their own. */
function canonical(host: string): string {
  const lower = host.toLowerCase();
  if (lower === 'ssh.github.com') return 'github.com';
  return lower === 'altssh.gitlab.com' ? 'gitlab.com' : lower;
}

function firstPart(path: string | undefined): string | null {
  return path?.split('/').find((part) => part !== '') ?? null;
}

/**
 * `text` without what stands between `://` and `@` in any address, and without the user and
 * password of `url` wherever they are.
 */
export function withoutCredentials(text: string, url: string): string {
  const plain = text.replace(/(?<=[a-z][a-z0-9+.-]*:\/\/)[^\s/]*@/giu, '');
  const [, userInfo] = /:\/\/([^/]*)@/u.exec(url) ?? [];
  const [user = '', ...rest] = (userInfo ?? '').split(':');
  const secrets = [user, rest.join(':')].flatMap((part) => [part, decoded(part)]);
  // a token may stand in the place of the user; short words would tear holes into the sentence
  return secrets
    .filter((secret) => secret.length >= 6)
    .toSorted((a, b) => b.length - a.length)
    .reduce((sentence, secret) => sentence.replaceAll(secret, '***'), plain);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
