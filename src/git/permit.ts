/**
 * Permits: the right to do one destructive thing to one named thing, while it is as it was seen.
 * A verb that deletes or moves asks for one; only a check makes one (the dependency rule lets
 * `safety/` and `integration/` import the minting function, nobody else).
 */
import type { AbsolutePath } from '../kernel/path.ts';
import type { Oid, RefName } from './oid.ts';

declare const proof: unique symbol;

type Act = 'delete-branch' | 'move-branch' | 'rename-directory' | 'delete-directory';

/** The right to `A`. Ref acts name the ref and the value it was seen at; others the directory. */
export type Permit<A extends Act> = A extends 'delete-branch' | 'move-branch'
  ? { readonly [proof]: A; readonly ref: RefName; readonly oid: Oid; readonly because: string }
  : { readonly [proof]: A; readonly directory: AbsolutePath; readonly because: string };

/** @param because the fresh fact that allows it, for the trace */
export function permitRef<A extends 'delete-branch' | 'move-branch'>(
  _act: A,
  ref: RefName,
  seenAt: Oid,
  because: string,
): Permit<A> {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion
  return { ref, oid: seenAt, because } as unknown as Permit<A>;
}

/** @param because the fresh fact that allows it, for the trace */
export function permitDirectory<A extends 'rename-directory' | 'delete-directory'>(
  _act: A,
  directory: AbsolutePath,
  because: string,
): Permit<A> {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion
  return { directory, because } as unknown as Permit<A>;
}
