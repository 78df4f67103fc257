/**
 * Keys and elements of ours in a JSON file that others own, comments and trailing commas allowed.
 * Only the characters of our part change: order, indentation and line ends stay. Pure.
 */
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  visit,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import { insertInto, removeFrom, replaceAt } from './json-text.ts';
import { hashOfValue, type ElementPart, type Found, type KeyPart } from './part.ts';

type JsonPart = KeyPart | ElementPart;

/** @param text the file, `null` if there is none */
export function findJson(
  text: string | null,
  part: JsonPart,
  isOurs: (sha256: string) => boolean,
): Found {
  if (text === null) return { kind: 'absent' };
  const tree = read(text);
  if (tree === null) return { kind: 'malformed', why: 'it is not JSON' };
  if (tree === 'empty') return { kind: 'absent' };
  const wrong = wrongWay(tree, part.at.slice(0, -1));
  if (wrong !== null) return { kind: 'malformed', why: wrong };
  const node = findNodeAtLocation(tree, [...part.at]);
  if (node === undefined) return { kind: 'absent' };
  if (part.kind === 'key') return { kind: 'there', sha256: hashOfValue(getNodeValue(node)) };
  if (node.type !== 'array') {
    return { kind: 'malformed', why: `${part.at.join('.')} is not a list` };
  }
  const at = indexOf(node, part, isOurs);
  const element = at === null ? undefined : node.children?.[at];
  return element === undefined
    ? { kind: 'absent' }
    : { kind: 'there', sha256: hashOfValue(getNodeValue(element)) };
}

/** The file with our part in it. Call it only if `findJson` found it absent or ours. */
export function putJson(
  text: string | null,
  part: JsonPart,
  isOurs: (sha256: string) => boolean,
): string {
  if (text === null || read(text) === 'empty') {
    const eol = text === null ? '\n' : eolOf(text);
    const start = `${JSON.stringify(part.empty, null, 2)}\n`.replaceAll('\n', eol);
    return putJson(start, part, isOurs);
  }
  const node = nodeAt(text, part.at);
  if (node === undefined) return insertAt(text, part);
  if (part.kind === 'key') return replaceAt(text, node, part.value);
  const at = indexOf(node, part, isOurs);
  const element = at === null ? undefined : node.children?.[at];
  return element === undefined
    ? insertInto(text, node, { key: null, value: part.value })
    : replaceAt(text, element, part.value);
}

/** Below the deepest step that is there, the others are made. */
function insertAt(text: string, part: JsonPart): string {
  const missing = missingSteps(text, part.at);
  const holder = nodeAt(text, part.at.slice(0, part.at.length - missing));
  const steps = part.at.slice(part.at.length - missing);
  const [first] = steps;
  if (holder === undefined || first === undefined) return text;
  const leaf: unknown = part.kind === 'element' ? [part.value] : part.value;
  const value = steps.slice(1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), leaf);
  return insertInto(text, holder, { key: first, value });
}

/**
 * The file without our part, and without what was made only to hold it.
 * @param made how many of the last steps of `at` were not there before us
 */
export function takeJson(
  text: string,
  part: JsonPart,
  isOurs: (sha256: string) => boolean,
  made: number,
): string {
  let path = [...part.at];
  if (part.kind === 'element') {
    const list = nodeAt(text, part.at);
    const at = list === undefined ? null : indexOf(list, part, isOurs);
    if (list === undefined || at === null) return text;
    // a list in which ours is the only one goes with it, if we made it
    if ((list.children?.length ?? 0) > 1 || made === 0) return removeFrom(text, list, at);
  }
  let left = made - 1;
  while (left > 0 && path.length > 1) {
    const parent = nodeAt(text, path.slice(0, -1));
    if (parent === undefined || (parent.children?.length ?? 0) > 1) break;
    path = path.slice(0, -1);
    left -= 1;
  }
  return removeKey(text, path);
}

function removeKey(text: string, path: readonly string[]): string {
  const holder = nodeAt(text, path.slice(0, -1));
  const index = (holder?.children ?? []).findIndex(
    ({ children }) => children?.[0]?.value === path.at(-1),
  );
  return holder === undefined || index < 0 ? text : removeFrom(text, holder, index);
}

/** How many of the last steps of `at` are not there. */
export function missingSteps(text: string | null, at: readonly string[]): number {
  if (text === null) return at.length;
  const tree = read(text);
  if (tree === null || tree === 'empty') return at.length;
  for (let there = at.length; there > 0; there -= 1) {
    if (findNodeAtLocation(tree, at.slice(0, there)) !== undefined) return at.length - there;
  }
  return at.length;
}

/** True if nothing is left but what a file of ours begins with, lists and maps being empty. */
export function isBare(text: string, empty: Readonly<Record<string, unknown>>): boolean {
  const tree = read(text);
  if (tree === null) return false;
  if (tree === 'empty') return true;
  let comments = 0;
  visit(text, { onComment: () => (comments += 1) });
  if (comments > 0) return false;
  const value: unknown = getNodeValue(tree);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([key, one]: [string, unknown]) =>
      (key in empty && hashOfValue(empty[key]) === hashOfValue(one)) ||
      (typeof one === 'object' && one !== null && Object.keys(one).length === 0),
  );
}

/** Other elements in the list of ours. */
export function othersIn(
  text: string | null,
  part: ElementPart,
  isOurs: (sha256: string) => boolean,
): number {
  const list = text === null ? undefined : nodeAt(text, part.at);
  if (list === undefined) return 0;
  const count = list.children?.length ?? 0;
  return indexOf(list, part, isOurs) === null ? count : count - 1;
}

function indexOf(list: Node, part: JsonPart, isOurs: (sha256: string) => boolean): number | null {
  const hashes = (list.children ?? []).map((child) => hashOfValue(getNodeValue(child)));
  const wanted = hashes.indexOf(hashOfValue(part.value));
  if (wanted >= 0) return wanted;
  const known = hashes.findIndex(isOurs);
  if (known >= 0) return known;
  // edited since, and still calling us
  const calls = (list.children ?? []).findIndex((child) =>
    JSON.stringify(getNodeValue(child)).includes('flight-rules hook '),
  );
  return calls < 0 ? null : calls;
}

function nodeAt(text: string, at: readonly string[]): Node | undefined {
  const tree = read(text);
  if (tree === null || tree === 'empty') return undefined;
  return at.length === 0 ? tree : findNodeAtLocation(tree, [...at]);
}

/** `null` if it is not JSON, or not a map at its top. */
function read(text: string): Node | 'empty' | null {
  // in place of a byte order mark a space, which moves nothing
  const plain = text.replace(/^\uFEFF/u, ' ');
  if (plain.trim() === '') return 'empty';
  const errors: ParseError[] = [];
  const tree = parseTree(plain, errors, { allowTrailingComma: true });
  return tree === undefined || errors.length > 0 || tree.type !== 'object' ? null : tree;
}

/** What stands in the way to a key: something that holds no keys. */
function wrongWay(tree: Node, at: readonly string[]): string | null {
  for (let steps = 1; steps <= at.length; steps += 1) {
    const node = findNodeAtLocation(tree, at.slice(0, steps));
    if (node !== undefined && node.type !== 'object') {
      return `${at.slice(0, steps).join('.')} holds no keys`;
    }
  }
  return null;
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
