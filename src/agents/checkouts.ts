/**
 * The checkouts that a path lies in, from the file system alone: a hook has no time for a git
 * process. Of nested ones the innermost that belongs to a repository counts there.
 */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { absolute, below, type AbsolutePath } from '../kernel/path.ts';
import { linkAt } from './hook-place.ts';

/** All paths are real ones. */
export interface Checkout {
  readonly root: AbsolutePath;
  readonly commonDir: AbsolutePath;
  /** `null`: a main checkout */
  readonly privateDir: AbsolutePath | null;
}

/** A checkout that is a session's. */
export type SessionCheckout = Checkout & { readonly privateDir: AbsolutePath };

/** @param path a real path; the innermost first */
export function checkoutsAround(path: AbsolutePath): readonly Checkout[] {
  const found: Checkout[] = [];
  for (let at = path; ; at = absolute(dirname(at))) {
    const one = checkoutAt(at);
    if (one !== null) found.push(one);
    if (dirname(at) === at) return found;
  }
}

/**
 * The one of `checkouts` that stands for the place: the innermost linked worktree, and where there
 * is none the innermost main checkout. A clone or a submodule inside a worktree is part of it.
 */
export function innermost(checkouts: readonly Checkout[]): Checkout | null {
  return checkouts.find(({ privateDir }) => privateDir !== null) ?? checkouts[0] ?? null;
}

/** Is it a session's? A worktree of somebody else has no token of ours. */
export function isSession(checkout: Checkout | null): checkout is SessionCheckout {
  const privateDir = checkout?.privateDir ?? null;
  return privateDir !== null && existsSync(below(privateDir, 'flight-rules', 'token'));
}

/** The main checkout, where that can be told without git: it is beside its `.git`. */
export function mainCheckoutOf({ root, commonDir, privateDir }: Checkout): AbsolutePath | null {
  if (privateDir === null) return root;
  return basename(commonDir) === '.git' ? absolute(dirname(commonDir)) : null;
}

function checkoutAt(root: AbsolutePath): Checkout | null {
  try {
    const place = linkAt(root);
    if (place === null) return null;
    const { commonDir, privateDir } = place;
    return {
      root,
      commonDir: real(commonDir),
      privateDir: privateDir === null ? null : real(privateDir),
    };
  } catch {
    // a link to a checkout that cannot be read makes none
    return null;
  }
}

function real(path: AbsolutePath): AbsolutePath {
  return absolute(realpathSync.native(path));
}
