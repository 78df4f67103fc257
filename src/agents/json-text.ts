/**
 * Puts one thing into a JSON text, changes it, or takes it out, and leaves every other character
 * as it is: the parser tells where things are, and nothing is formatted but what is ours. What is
 * put in and taken out again leaves the text it was put into. Pure.
 */
import { createScanner, type Node } from 'jsonc-parser';

/** A key of a map, or, without one, an element of a list. */
interface Thing {
  readonly key: string | null;
  readonly value: unknown;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Puts `thing` behind all others in `holder`. */
export function insertInto(text: string, holder: Node, thing: Thing): string {
  const close = holder.offset + holder.length - 1;
  const last = holder.children?.at(-1);
  const inner = text.slice(holder.offset + 1, close);
  const isMany = inner.includes('\n') || (last === undefined && isOwnLine(text, holder));
  const style = styleOf(text);
  if (!isMany) {
    const written = spelled(thing, null, style);
    if (last === undefined) return spliced(text, [{ from: close, to: close, text: written }]);
    const at = last.offset + last.length;
    return spliced(text, [{ from: at, to: at, text: `, ${written}` }]);
  }
  const outer = indentAt(text, holder.offset);
  const indent = childIndent(text, holder) ?? outer + style.unit;
  const written = style.eol + indent + spelled(thing, indent, style);
  const at = holder.offset + 1 + inner.trimEnd().length;
  if (last === undefined) {
    // what stands before the closing mark stays, if it is a line of its own already
    const end = inner.includes('\n') ? '' : style.eol + outer;
    return spliced(text, [{ from: at, to: at, text: written + end }]);
  }
  const lastEnd = last.offset + last.length;
  const trailing = commaAfter(text, lastEnd);
  return trailing === null
    ? spliced(text, [
        { from: lastEnd, to: lastEnd, text: ',' },
        { from: at, to: at, text: written },
      ])
    : spliced(text, [{ from: at, to: at, text: `${written},` }]);
}

/** Puts `value` in the place of what is at `node`. */
export function replaceAt(text: string, node: Node, value: unknown): string {
  const style = styleOf(text);
  const old = text.slice(node.offset, node.offset + node.length);
  const indent = old.includes('\n') ? indentAt(text, node.offset) : null;
  const written = valueText(value, indent, style);
  return spliced(text, [{ from: node.offset, to: node.offset + node.length, text: written }]);
}

/** Takes the child at `index` out of `holder`. */
export function removeFrom(text: string, holder: Node, index: number): string {
  const children = holder.children ?? [];
  const own = children[index];
  if (own === undefined) return text;
  const before = children[index - 1];
  const ownEnd = own.offset + own.length;
  const from = text.slice(0, own.offset).trimEnd().length;
  const comma = commaAfter(text, ownEnd);
  if (comma !== null) return collapsed(spliced(text, [{ from, to: comma + 1, text: '' }]), holder);
  const cut = { from, to: ownEnd, text: '' };
  if (before === undefined) return collapsed(spliced(text, [cut]), holder);
  // the comma that parted the one before from ours
  const parting = commaAfter(text, before.offset + before.length);
  if (parting === null) return spliced(text, [cut]);
  return spliced(text, [
    { from: parting, to: parting + 1, text: '' },
    { ...cut, from: Math.max(from, parting + 1) },
  ]);
}

/** A holder in which only white space is left, on one line. */
function collapsed(text: string, { offset, type }: Node): string {
  const marks = type === 'array' ? '[]' : '{}';
  const rest = text.slice(offset + 1);
  const inner = /^\s*/u.exec(rest)?.[0] ?? '';
  if (rest[inner.length] !== marks[1]) return text;
  return text.slice(0, offset) + marks + rest.slice(inner.length + 1);
}

interface Style {
  readonly unit: string;
  readonly eol: string;
}

/** As the text is indented; two spaces if that cannot be seen. */
function styleOf(text: string): Style {
  const unit = /^(?<indent>[ \t]+)\S/mu.exec(text)?.groups?.['indent'] ?? '  ';
  return { unit, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

function spelled({ key, value }: Thing, indent: string | null, style: Style): string {
  const written = valueText(value, indent, style);
  return key === null ? written : `${JSON.stringify(key)}: ${written}`;
}

/** @param indent of the line it begins on; `null`: all on one line */
function valueText(value: unknown, indent: string | null, { unit, eol }: Style): string {
  if (indent === null) return JSON.stringify(value);
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + indent);
}

/** The white space at the beginning of the line that holds `offset`. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^[ \t]*/u.exec(line)?.[0] ?? '';
}

/** How the first child is indented, if it begins a line. */
function childIndent(text: string, holder: Node): string | null {
  const first = holder.children?.[0];
  if (first === undefined) return null;
  const line = text.slice(text.lastIndexOf('\n', first.offset - 1) + 1, first.offset);
  return line.trim() === '' ? line : null;
}

/** Whether an empty holder stands in a text of many lines, or is all of it. */
function isOwnLine(text: string, holder: Node): boolean {
  const isAll = text.trim().length === holder.length;
  return isAll || text.trim().includes('\n');
}

/** The comma that follows, past white space and comments. */
function commaAfter(text: string, from: number): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text[at] === ',' ? at : null;
}

/** From the end, so that places stay; of two at one place the first comes first. */
function spliced(text: string, edits: readonly Edit[]): string {
  return edits
    .toReversed()
    .toSorted((a, b) => b.from - a.from)
    .reduce((so, { from, to, text: by }) => so.slice(0, from) + by + so.slice(to), text);
}
