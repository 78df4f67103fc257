/** Small pieces of sentences that several answers share. */
import { visible } from '../../kernel/visible.ts';
import type { View } from './view.ts';

/** `1 commit`, `2 commits`. */
export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** A path for reading, the home folder as `~`. Not for commands. */
export function shown(path: string, view: View): string {
  const { home } = view;
  if (home !== null && home !== '/' && (path === home || path.startsWith(`${home}/`))) {
    return `~${visible(path.slice(home.length))}`;
  }
  return visible(path);
}

/** An object id for reading. */
export function short(oid: string): string {
  return visible(oid.slice(0, 7));
}

/** `5 commits that are nowhere else`, or what else is known. */
export function onlyHere(commits: number | null): string {
  if (commits === null) return 'how many commits are nowhere else is unknown';
  return commits === 0
    ? 'no commits that are nowhere else'
    : `${count(commits, 'commit')} ${commits === 1 ? 'that is' : 'that are'} nowhere else`;
}
