/**
 * A marked block of ours in a text that others own, and a line of ours in one that is all lines.
 * Every other byte stays, line ends included. Pure.
 */
import { sha256, type Found } from './part.ts';

const begin = '<!-- flight-rules:begin -->';
const end = '<!-- flight-rules:end -->';

/** Where our block stands, its last line end not included. */
type Span =
  | { readonly kind: 'none' }
  | { readonly kind: 'at'; readonly from: number; readonly to: number }
  | { readonly kind: 'broken'; readonly why: string };

function span(text: string): Span {
  const from = text.indexOf(begin);
  const close = text.indexOf(end);
  if (from < 0 && close < 0) return { kind: 'none' };
  const again = text.indexOf(begin, from + 1) >= 0 || text.indexOf(end, close + 1) >= 0;
  if (from < 0 || close < from || again) {
    return { kind: 'broken', why: 'the marks of our block do not belong together' };
  }
  return { kind: 'at', from, to: close + end.length };
}

export function findBlock(text: string | null): Found {
  if (text === null) return { kind: 'absent' };
  const at = span(text);
  if (at.kind === 'none') return { kind: 'absent' };
  if (at.kind === 'broken') return { kind: 'malformed', why: at.why };
  return { kind: 'there', sha256: hashOfBlock(text.slice(at.from, at.to)) };
}

/** The hash of a block, marks included; how its lines end does not matter. */
export function hashOfBlock(block: string): string {
  return sha256(block.replaceAll('\r\n', '\n').trimEnd());
}

/** The hash of a whole file: git may have checked it out with other line ends (`core.autocrlf`). */
export function hashOfFile(text: string): string {
  return sha256(text.replaceAll('\r\n', '\n'));
}

/** `wanted` with the line ends that the file has now. */
export function withLineEndsOf(text: string | null, wanted: string): string {
  return wanted.replaceAll('\n', eolOf(text));
}

/** `lines` between our marks. */
export function markedBlock(lines: string): string {
  return `${begin}\n${lines.trimEnd()}\n${end}`;
}

/** A text with our part in it, and how many line ends were put before it to part it. */
interface Put {
  readonly text: string;
  readonly made: number;
}

/** @param block with its marks */
export function putBlock(text: string | null, block: string): Put {
  const eol = eolOf(text);
  const written = block.replaceAll('\n', eol);
  if (text === null || text === '') return { text: written + eol, made: 0 };
  const at = span(text);
  if (at.kind === 'at') {
    return { text: text.slice(0, at.from) + written + text.slice(at.to), made: 0 };
  }
  // parted from what stands before it by one empty line
  const made = text.endsWith(eol + eol) ? 0 : text.endsWith(eol) ? 1 : 2;
  return { text: text + eol.repeat(made) + written + eol, made };
}

/** Without the block, its line end, and the `made` line ends before it. */
export function takeBlock(text: string, made: number): string {
  const at = span(text);
  if (at.kind !== 'at') return text;
  const eol = eolOf(text);
  const rest = text.slice(at.to);
  return (
    withoutEnds(text.slice(0, at.from), eol, made) +
    (rest.startsWith(eol) ? rest.slice(eol.length) : rest)
  );
}

export function findLine(text: string | null, line: string): Found {
  const there = text !== null && text.split(/\r?\n/u).some((one) => one.trim() === line);
  return there ? { kind: 'there', sha256: sha256(line) } : { kind: 'absent' };
}

export function putLine(text: string | null, line: string): Put {
  const eol = eolOf(text);
  if (text === null || text === '') return { text: line + eol, made: 0 };
  const made = text.endsWith('\n') ? 0 : 1;
  return { text: text + eol.repeat(made) + line + eol, made };
}

export function takeLine(text: string, line: string, made: number): string {
  const lines = text.split(/(?<=\n)/u);
  const at = lines.findLastIndex((one) => one.trim() === line);
  if (at < 0) return text;
  const head = withoutEnds(lines.slice(0, at).join(''), eolOf(text), made);
  return head + lines.slice(at + 1).join('');
}

/** Without the `made` line ends at its end, as many of them as are still there. */
function withoutEnds(text: string, eol: string, made: number): string {
  if (made === 0 || !text.endsWith(eol)) return text;
  return withoutEnds(text.slice(0, -eol.length), eol, made - 1);
}

function eolOf(text: string | null): string {
  return text !== null && text.includes('\r\n') ? '\r\n' : '\n';
}
