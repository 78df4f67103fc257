/**
 * Nominal types for strings that were checked once, at a parse door, and are trusted afterwards.
 * The doors live beside the thing they describe (`git/oid.ts`, `sessions/name.ts`, …).
 */
declare const brand: unique symbol;

/**
 * Vouches that `text` has passed the door of brand `T`. Only doors call this: a function that has
 * just checked the text, or one that reads it from git, which never answers anything else.
 */
// The parameter is the claim itself: it names what the caller vouches for.
// eslint-disable-next-line typescript/no-unnecessary-type-parameters
export function trusted<T extends string>(text: string): T {
  // eslint-disable-next-line typescript/no-unsafe-type-assertion
  return text as T;
}

/** A `T` that has passed the door named `B`. */
export type Branded<T, B extends string> = T & { readonly [brand]: { readonly [K in B]: true } };
