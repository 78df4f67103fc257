/**
 * One table of ours in a TOML file that others own. A new one is put at the end, where a table is
 * valid whatever stands before it; changing and taking out is left to a library that keeps every
 * other character. Each result is read again and must say what was meant, else the file is left
 * alone. Pure; loaded only where there is such a file.
 */
import { parse, patch, stringify } from '@decimalturn/toml-patch';
import { hashOfValue, type Found, type KeyPart } from './part.ts';

type Table = Record<string, unknown>;

/** @param text the file, `null` if there is none */
export function findToml(text: string | null, part: KeyPart): Found {
  if (text === null) return { kind: 'absent' };
  const document = read(text);
  if (document === null) return { kind: 'malformed', why: 'it is not TOML' };
  let value: unknown = document;
  for (const step of part.at) {
    if (!isTable(value)) return { kind: 'malformed', why: `${part.at.join('.')} cannot be there` };
    if (!Object.hasOwn(value, step)) return { kind: 'absent' };
    value = value[step];
  }
  return { kind: 'there', sha256: hashOfValue(value) };
}

/** The file with our table in it, `null` if that cannot be done without touching anything else. */
export function putToml(
  text: string | null,
  part: KeyPart,
): { readonly text: string; readonly made: number } | null {
  const before = text ?? '';
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const document = read(before);
  if (document === null) return null;
  const wanted = withValue(document, part.at, part.value);
  const isThere = findToml(before, part).kind === 'there';
  const made = isThere || before === '' ? 0 : before.endsWith('\n') ? 1 : 2;
  const next = isThere ? patch(before, wanted) : before + eol.repeat(made) + tableText(part, eol);
  const sound = checked(next, wanted);
  return sound === null ? null : { text: sound, made };
}

/**
 * The file without our table, `null` if that cannot be done without touching anything else.
 * @param made how many line ends were put before it
 */
export function takeToml(text: string, part: KeyPart, made: number): string | null {
  const document = read(text);
  if (document === null) return null;
  const wanted = withoutValue(document, part.at);
  // as we put it there, the line before it included: then the file is as it was, to the byte
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const table = tableText({ ...part, value: valueAt(document, part.at) }, eol);
  const at = text.indexOf(table);
  if (at >= 0) {
    const head = text.slice(0, at);
    const rest = text.slice(at + table.length);
    const gap = eol.repeat(made);
    const before = head.endsWith(gap) ? head.slice(0, head.length - gap.length) : head;
    const cut = checked(before + rest, wanted);
    if (cut !== null) return cut;
  }
  return checked(patch(text, wanted), wanted);
}

function tableText(part: KeyPart, eol: string): string {
  const rows = isTable(part.value) ? part.value : {};
  const name = part.at.map((step) => (/^[\w-]+$/u.test(step) ? step : JSON.stringify(step)));
  const lines = stringify(rows).trimEnd().split(/\r?\n/u);
  return `${[`[${name.join('.')}]`, ...lines].join(eol)}${eol}`;
}

/** A document is worth writing only if it reads back as what was meant. */
function checked(text: string, wanted: Table): string | null {
  const document = read(text);
  if (document === null) return null;
  return hashOfValue(withoutEmpty(document)) === hashOfValue(withoutEmpty(wanted)) ? text : null;
}

function valueAt(table: Table, at: readonly string[]): unknown {
  const [first = '', ...rest] = at;
  const inner = table[first];
  return rest.length === 0 || !isTable(inner) ? inner : valueAt(inner, rest);
}

function withValue(table: Table, at: readonly string[], value: unknown): Table {
  const [first = '', ...rest] = at;
  const inner = table[first];
  return {
    ...table,
    [first]: rest.length === 0 ? value : withValue(isTable(inner) ? inner : {}, rest, value),
  };
}

function withoutValue(table: Table, at: readonly string[]): Table {
  const [first = '', ...rest] = at;
  const { [first]: inner, ...others } = table;
  if (rest.length === 0 || !isTable(inner)) return others;
  const left = withoutValue(inner, rest);
  return Object.keys(left).length === 0 ? others : { ...table, [first]: left };
}

/** Whether a table that holds nothing is written down or not says nothing. */
function withoutEmpty(table: Table): Table {
  const kept = Object.entries(table)
    .map(([key, value]) => [key, isTable(value) ? withoutEmpty(value) : value] as const)
    .filter(([, value]) => !(isTable(value) && Object.keys(value).length === 0));
  return Object.fromEntries(kept);
}

function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

function read(text: string): Table | null {
  try {
    const value: unknown = parse(text.replace(/^\uFEFF/u, ''));
    return isTable(value) ? value : null;
  } catch {
    return null;
  }
}
