// What somebody does in a worktree, as plain data: it shrinks to something that can be read. What
// cannot be done where it is told (no such file, a file in the way) is left out, so that any part
// of a list of actions is a list of actions.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gitIn } from '../repo.ts';

export type Action =
  | { readonly do: 'edit'; readonly path: string; readonly line: number; readonly text: string }
  | { readonly do: 'append'; readonly path: string; readonly text: string }
  /** a whole new file, or whole new content */
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  | { readonly do: 'binary'; readonly path: string; readonly byte: number }
  | { readonly do: 'remove'; readonly path: string }
  /** a file or a folder */
  | { readonly do: 'rename'; readonly path: string; readonly to: string }
  | { readonly do: 'chmod'; readonly path: string }
  | { readonly do: 'link'; readonly path: string; readonly target: string }
  /** a file becomes a folder of that name with a file in it */
  | { readonly do: 'to folder'; readonly path: string }
  /** a folder becomes a file of that name */
  | { readonly do: 'to file'; readonly path: string }
  | { readonly do: 'line ends'; readonly path: string; readonly to: 'crlf' | 'lf' }
  /** a submodule that is not checked out; goes to the index by itself */
  | { readonly do: 'submodule'; readonly path: string; readonly commit: number }
  | { readonly do: 'intend to add'; readonly path: string }
  | { readonly do: 'forget'; readonly path: string }
  | {
      readonly do: 'hide';
      readonly path: string;
      readonly as: 'assume-unchanged' | 'skip-worktree';
    };

/** What a file of the repository holds at first; no two are alike, or renames could not be told. */
export function firstLines(path: string): string {
  const name = JSON.stringify(path);
  return Array.from({ length: 12 }, (_, at) => `${name} line ${at + 1}\n`).join('');
}

/** Does all of them, in order. */
export function act(root: string, actions: readonly Action[]): void {
  for (const action of actions) actOne(root, action);
}

function actOne(root: string, action: Action): void {
  const path = join(root, action.path);
  if (leavesThroughLink(root, action.path)) return;
  const found = kindOf(path);
  switch (action.do) {
    case 'edit': {
      if (found !== 'file') return;
      const lines = read(path).split('\n');
      if (action.line > lines.length) return;
      lines[action.line - 1] = action.text;
      writeFileSync(path, lines.join('\n'), 'latin1');
      return;
    }
    case 'append':
      if (found === 'file') writeFileSync(path, `${read(path)}${action.text}\n`, 'latin1');
      return;
    case 'write':
      if (found === 'file' || (found === null && makeRoom(path))) writeFileSync(path, action.text);
      return;
    case 'binary':
      if (found === 'file' || (found === null && makeRoom(path))) {
        writeFileSync(path, Buffer.from([0, 1, 2, 0, action.byte, 255, 0]));
      }
      return;
    case 'remove':
      if (found !== null) rmSync(path, { recursive: true });
      return;
    case 'rename': {
      const to = join(root, action.to);
      const inside = `${to}/`.startsWith(`${path}/`);
      if (found === null || inside || leavesThroughLink(root, action.to)) return;
      if (kindOf(to) === null && makeRoom(to)) renameSync(path, to);
      return;
    }
    case 'chmod':
      if (found === 'file') chmodSync(path, (lstatSync(path).mode & 0o100) === 0 ? 0o755 : 0o644);
      return;
    case 'link':
      if (found === 'file' || found === 'link') rmSync(path);
      else if (found === 'folder' || !makeRoom(path)) return;
      symlinkSync(action.target, path);
      return;
    case 'to folder':
      if (found !== 'file' && found !== 'link') return;
      rmSync(path);
      mkdirSync(path);
      writeFileSync(join(path, 'inside.txt'), `in what was ${JSON.stringify(action.path)}\n`);
      return;
    case 'to file':
      if (found !== 'folder') return;
      rmSync(path, { recursive: true });
      writeFileSync(path, `was the folder ${JSON.stringify(action.path)}\n`);
      return;
    case 'line ends': {
      if (found !== 'file') return;
      const text = read(path).replaceAll('\r\n', '\n');
      writeFileSync(path, action.to === 'lf' ? text : text.replaceAll('\n', '\r\n'), 'latin1');
      return;
    }
    case 'submodule':
      submodule(root, action.path, action.commit);
      return;
    case 'intend to add':
      if (found === 'file') gitIn(root, 'add', '-f', '--intent-to-add', '--', action.path);
      return;
    case 'forget':
      if (isTracked(root, action.path)) {
        gitIn(root, 'rm', '-q', '-r', '--cached', '--sparse', '--', `:(literal)${action.path}`);
      }
      return;
    case 'hide':
      if (found === 'file' && isTracked(root, action.path)) {
        gitIn(root, 'update-index', `--${action.as}`, '--', action.path);
      }
  }
}

function submodule(root: string, path: string, commit: number): void {
  const place = join(root, path);
  const found = kindOf(place);
  if (found === 'folder' ? readdirSync(place).length > 0 : found !== null) return;
  if (!makeRoom(place)) return;
  mkdirSync(place, { recursive: true });
  const oid = commit.toString(16).padStart(40, '5');
  gitIn(root, 'update-index', '--add', '--cacheinfo', `160000,${oid},${path}`);
}

function isTracked(root: string, path: string): boolean {
  return gitIn(root, 'ls-files', '-z', '--', `:(literal)${path}`) !== '';
}

type Kind = 'file' | 'folder' | 'link' | null;

function kindOf(path: string): Kind {
  try {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) return 'link';
    return found.isDirectory() ? 'folder' : 'file';
  } catch {
    // not there, or a file stands where a folder would have to be
    return null;
  }
}

function read(path: string): string {
  return readFileSync(path, 'latin1');
}

/** The folders that `path` needs; `false` if a file stands in the way. */
function makeRoom(path: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return true;
  } catch {
    return false;
  }
}

/** Behind a link lies another place. */
function leavesThroughLink(root: string, path: string): boolean {
  const parts = path.split('/').slice(0, -1);
  return parts.some((_, at) => kindOf(join(root, ...parts.slice(0, at + 1))) === 'link');
}
