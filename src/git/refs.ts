/**
 * Reading and moving refs. Every move is a compare-and-swap inside one transaction.
 *
 * - `for-each-ref` lists names and values only: `%(raw)` is unframed and one broken object makes
 *   it fail for all (contents come from `objects.readBlobs`).
 * - `update-ref --stdin -z`, `core.fsync=all`: refs are the truth, they must be on the disk.
 *   Hooks are off: these are our own bookkeeping; a `reference-transaction` hook that hangs would
 *   hold our lock for ever. Lock waits are longer than git's 100 ms: 64 of us at once are normal.
 */
import { GitError, git, type Git } from './git.ts';
import { isNull, type Oid, type RefName } from './oid.ts';
import type { Permit } from './permit.ts';
import { trusted, type Branded } from '../kernel/brand.ts';

/** A ref in our own namespace, `refs/flight-rules/…`; moving it needs no permit, only its old value. */
export type OwnRef = RefName & Branded<string, 'OwnRef'>;

const ownNamespace = 'refs/flight-rules/';

export function ownRef(...parts: readonly string[]): OwnRef {
  return trusted(ownNamespace + parts.join('/'));
}

export interface Ref {
  readonly name: RefName;
  readonly oid: Oid;
}

export type RefChange =
  /** our own ref: `null` means "does not exist" on either side */
  | {
      readonly kind: 'own';
      readonly ref: OwnRef;
      readonly from: Oid | null;
      readonly to: Oid | null;
    }
  /** a new ref of any namespace; fails if it exists */
  | { readonly kind: 'create'; readonly ref: RefName; readonly to: Oid }
  | { readonly kind: 'move'; readonly permit: Permit<'move-branch'>; readonly to: Oid }
  | { readonly kind: 'delete'; readonly permit: Permit<'delete-branch'> }
  /** only a condition: the ref is (still) there with this value, or is not there */
  | { readonly kind: 'verify'; readonly ref: RefName; readonly oid: Oid | null };

export type TransactionResult =
  | { readonly kind: 'done' }
  /** a ref did not have the value expected; nothing was changed */
  | { readonly kind: 'lost'; readonly ref: RefName };

const lockWaits = ['-c', 'core.filesRefLockTimeout=5000', '-c', 'core.packedRefsTimeout=15000'];

/** Arguments before a subcommand of ours that moves refs: durable, patient, without hooks. */
const durable: readonly string[] = [
  '-c',
  'core.fsync=all',
  '-c',
  'core.hooksPath=/dev/null',
  ...lockWaits,
];

/**
 * The refs under `prefixes` (full names or `refs/x/` prefixes), sorted by name.
 * One process: `for-each-ref`.
 */
export async function listRefs(
  port: Git,
  repository: string,
  prefixes: readonly string[],
): Promise<Ref[]> {
  const { stdout } = await git(port, repository, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    ...prefixes,
  ]);
  const refs: Ref[] = [];
  for (const line of stdout.toString('utf8').split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) {
      refs.push({
        oid: trusted<Oid>(line.slice(0, space)),
        name: trusted<RefName>(line.slice(space + 1)),
      });
    }
  }
  return refs;
}

/** The value of one ref, or `null` if it does not exist. One process: `for-each-ref`. */
export async function readRef(port: Git, repository: string, ref: RefName): Promise<Oid | null> {
  const refs = await listRefs(port, repository, [ref]);
  return refs.find((one) => one.name === ref)?.oid ?? null;
}

/**
 * Makes all `changes` or none. One process: `update-ref --stdin`, and one more to look if it fails.
 * @returns `lost` if a ref was not at its expected value
 * @throws GitError for any other failure
 */
export async function transact(
  port: Git,
  repository: string,
  changes: readonly RefChange[],
  message = 'flight-rules',
): Promise<TransactionResult> {
  const lines = ['start\0', ...changes.map(changeLine), 'prepare\0', 'commit\0'];
  const args = [...durable, 'update-ref', '--no-deref', '-m', message, '-z', '--stdin'];
  try {
    // not cut off by Ctrl-C: half a transaction leaves git's lock files behind
    await git(port, repository, args, { stdin: lines.join(''), uninterruptible: true });
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const ref = await firstUnexpected(port, repository, changes);
    if (ref === null) throw error;
    return { kind: 'lost', ref };
  }
}

async function firstUnexpected(
  port: Git,
  repository: string,
  changes: readonly RefChange[],
): Promise<RefName | null> {
  const names = changes.map((change) => expected(change).ref);
  const found = new Map(
    (await listRefs(port, repository, names)).map((ref) => [ref.name, ref.oid] as const),
  );
  for (const change of changes) {
    const { ref, oid } = expected(change);
    if ((found.get(ref) ?? null) !== oid) return ref;
  }
  return null;
}

function expected(change: RefChange): { ref: RefName; oid: Oid | null } {
  switch (change.kind) {
    case 'own':
      return { ref: change.ref, oid: change.from };
    case 'create':
      return { ref: change.ref, oid: null };
    case 'verify':
      return { ref: change.ref, oid: change.oid };
    case 'move':
    case 'delete':
      return { ref: change.permit.ref, oid: change.permit.oid };
  }
}

function changeLine(change: RefChange): string {
  switch (change.kind) {
    case 'own':
      return ownLine(change.ref, change.from, change.to);
    case 'create':
      return `create ${change.ref}\0${change.to}\0`;
    case 'verify':
      // without a value: it must not exist (zeros would have to be as long as this hash)
      return `verify ${change.ref}\0${change.oid ?? ''}\0`;
    case 'move':
      return `update ${change.permit.ref}\0${change.to}\0${change.permit.oid}\0`;
    case 'delete':
      return `delete ${change.permit.ref}\0${change.permit.oid}\0`;
  }
}

function ownLine(ref: OwnRef, from: Oid | null, to: Oid | null): string {
  if (!ref.startsWith(ownNamespace)) throw new TypeError(`not a ref of ours: ${ref}`);
  if (to === null) return from === null ? `verify ${ref}\0\0` : `delete ${ref}\0${from}\0`;
  if (isNull(to)) throw new TypeError('a ref is never set to the null id');
  return from === null ? `create ${ref}\0${to}\0` : `update ${ref}\0${to}\0${from}\0`;
}
