/** Object ids and ref names, as git spells them. */
import { trusted, type Branded } from '../kernel/brand.ts';

/** A full object id, lower case, 40 (sha1) or 64 (sha256) digits. */
export type Oid = Branded<string, 'Oid'>;

/** A full ref name, `refs/…`. */
export type RefName = Branded<string, 'RefName'>;

/** A branch name as people write it, without `refs/heads/`. */
export type BranchName = Branded<string, 'BranchName'>;

/** @throws TypeError if `text` is no full object id; git's own answers always are */
export function oid(text: string): Oid {
  if (!isOid(text)) throw new TypeError(`not an object id: ${JSON.stringify(text)}`);
  return text;
}

export function isOid(text: unknown): text is Oid {
  return typeof text === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text);
}

/** True for the null id, which git uses for "nothing". */
export function isNull(id: string): boolean {
  return /^0+$/u.test(id);
}

/** The null id of the same length as `like`. */
export function nullOid(like: Oid): Oid {
  return trusted('0'.repeat(like.length));
}

export function refName(text: string): RefName {
  if (!text.startsWith('refs/')) throw new TypeError(`not a full ref name: ${text}`);
  return trusted(text);
}

/** The ref behind a branch. */
export function branchRef(branch: BranchName): RefName {
  return trusted(`refs/heads/${branch}`);
}

/** The branch behind a ref, or `null` if the ref is no branch. */
export function branchOf(ref: string): BranchName | null {
  return ref.startsWith('refs/heads/') ? trusted(ref.slice('refs/heads/'.length)) : null;
}

/**
 * A branch name that came from outside (a flag, a manifest). Follows `git check-ref-format`.
 * @returns `null` if git would not take it
 */
export function parseBranchName(text: string): BranchName | null {
  if (text === '' || text === '@' || text.startsWith('-') || text.length > 244) return null;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|^\/|\.$/u.test(text)) return null;
  const bad = text.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  return bad || text === 'HEAD' ? null : trusted(text);
}
