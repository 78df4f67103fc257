/** A part in its file, whatever its kind: what is there, with it, without it. */
import { findJson, isBare, missingSteps, othersIn, putJson, takeJson } from './edit-json.ts';
import {
  findBlock,
  findLine,
  hashOfBlock,
  hashOfFile,
  putBlock,
  putLine,
  takeBlock,
  takeLine,
  withLineEndsOf,
} from './edit-text.ts';
import { hashOfValue, sha256, type Found, type Part } from './part.ts';

type IsOurs = (hash: string) => boolean;

/** A file with our part in it, and what had to be made to hold it (as each kind counts it). */
export interface Put {
  readonly text: string;
  readonly made: number;
}

/** The hash of a part as it should be. */
export function hashOf(part: Part): string {
  switch (part.kind) {
    case 'file':
      return hashOfFile(part.text);
    case 'line':
      return sha256(part.text);
    case 'block':
      return hashOfBlock(part.text);
    case 'key':
    case 'element':
      return hashOfValue(part.value);
  }
}

/**
 * @param text the file as it is, `null` if there is none
 * @param isOurs whether a hash is one we wrote: tells ours from other elements of a list
 */
export async function find(text: string | null, part: Part, isOurs: IsOurs): Promise<Found> {
  switch (part.kind) {
    case 'file':
      return text === null ? { kind: 'absent' } : { kind: 'there', sha256: hashOfFile(text) };
    case 'block':
      return findBlock(text);
    case 'line':
      return findLine(text, part.text);
    case 'key':
      if (part.format === 'toml') return (await import('./edit-toml.ts')).findToml(text, part);
      return findJson(text, part, isOurs);
    case 'element':
      return findJson(text, part, isOurs);
  }
}

/** True if somebody else's element stands where ours would have to be alone. */
export function isTaken(text: string | null, part: Part, isOurs: IsOurs): boolean {
  return part.kind === 'element' && part.alone === true && othersIn(text, part, isOurs) > 0;
}

/** The file with the part in it; `null` if that would touch something else. */
export async function put(text: string | null, part: Part, isOurs: IsOurs): Promise<Put | null> {
  switch (part.kind) {
    case 'file':
      return { text: withLineEndsOf(text, part.text), made: 0 };
    case 'block':
      return putBlock(text, part.text);
    case 'line':
      return putLine(text, part.text);
    case 'key':
      if (part.format === 'toml') return (await import('./edit-toml.ts')).putToml(text, part);
      return { text: putJson(text, part, isOurs), made: missingSteps(text, part.at) };
    case 'element':
      return { text: putJson(text, part, isOurs), made: missingSteps(text, part.at) };
  }
}

/**
 * The file without the part: `null` if it would be no more than what we made it of (then it goes
 * with its part, if we made it), `unsafe` if that would touch something else.
 * @param made as `put` counted it
 */
export async function take(
  text: string,
  part: Part,
  isOurs: IsOurs,
  made: number,
): Promise<{ readonly text: string; readonly bare: boolean } | 'unsafe'> {
  switch (part.kind) {
    case 'file':
      return { text: '', bare: true };
    case 'block':
      return plain(takeBlock(text, made));
    case 'line':
      return plain(takeLine(text, part.text, made));
    case 'key': {
      if (part.format !== 'toml') break;
      const { takeToml } = await import('./edit-toml.ts');
      const left = takeToml(text, part, made);
      return left === null ? 'unsafe' : plain(left);
    }
    case 'element':
      break;
  }
  const left = takeJson(text, part, isOurs, made);
  return { text: left, bare: isBare(left, part.empty) };
}

function plain(text: string): { readonly text: string; readonly bare: boolean } {
  return { text, bare: text.trim() === '' };
}
