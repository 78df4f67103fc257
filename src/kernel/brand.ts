/**
 * Nominal types for strings that were checked once, at a parse door, and are trusted afterwards.
 * The doors live beside the thing they describe (`git/oid.ts`, `sessions/name.ts`, …).
 */
declare const brand: unique symbol;

/** A `T` that has passed the door named `B`. */
export type Branded<T, B extends string> = T & { readonly [brand]: B };
