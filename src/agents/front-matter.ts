/**
 * The front matter of skills and commands: the small part of YAML that they need. What is written
 * is plain where that is safe and double-quoted else, which any YAML reader understands. What is
 * read is just that and one level of a nested map; anything further is `unknown`, and no guess.
 */

export type FrontMatter = Readonly<Record<string, string | boolean>>;

export type ReadFrontMatter =
  | {
      readonly kind: 'read';
      readonly values: ReadonlyMap<string, Value>;
      /** what follows it */
      readonly body: string;
    }
  | { readonly kind: 'none' }
  /** YAML that this reader does not know */
  | { readonly kind: 'unknown'; readonly line: string };

type Value = string | boolean | ReadonlyMap<string, string>;

/** A front matter block with its two lines of dashes, and the body behind it. */
export function withFrontMatter(values: FrontMatter, body: string): string {
  const lines = Object.entries(values).map(([key, value]) => `${key}: ${scalar(value)}`);
  return ['---', ...lines, '---', body].join('\n');
}

/** Plain, unless YAML could read anything else than this text. */
function scalar(value: string | boolean): string {
  if (typeof value === 'boolean') return String(value);
  const safe =
    /^[A-Za-z][\w (),.'/;-]*$/u.test(value) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/iu.test(value);
  return safe && value.trim() === value ? value : quoted(value);
}

/** As JSON, and what YAML takes for the end of a line, or for nothing at all, as an escape. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF]/gu,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @param text a whole file; CRLF is understood */
export function readFrontMatter(text: string): ReadFrontMatter {
  const lines = text.replace(/^\uFEFF/u, '').split(/\r?\n/u);
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end < 0) return { kind: 'none' };
  const values = new Map<string, Value>();
  let nested: Map<string, string> | null = null;
  for (const line of lines.slice(1, end)) {
    if (line.trim() === '') continue;
    const match = /^(?<indent> *)(?<key>[A-Za-z][\w.-]*):(?: +(?<value>.*\S))? *$/u.exec(line);
    const key = match?.groups?.['key'];
    const written = match?.groups?.['value'];
    if (key === undefined) return { kind: 'unknown', line };
    const inner = match?.groups?.['indent'] !== '';
    if (written === undefined) {
      if (inner) return { kind: 'unknown', line };
      nested = new Map<string, string>();
      values.set(key, nested);
      continue;
    }
    const value = readScalar(written);
    if (value === null || (inner && (nested === null || typeof value !== 'string'))) {
      return { kind: 'unknown', line };
    }
    if (inner && nested !== null) nested.set(key, String(value));
    else {
      nested = null;
      if (values.has(key)) return { kind: 'unknown', line };
      values.set(key, value);
    }
  }
  return { kind: 'read', values, body: lines.slice(end + 1).join('\n') };
}

/** `null`: something else than a plain or quoted text or a truth value. */
function readScalar(written: string): string | boolean | null {
  if (written === 'true' || written === 'false') return written === 'true';
  if (written.startsWith('"')) {
    try {
      const value: unknown = JSON.parse(written);
      return typeof value === 'string' ? value : null;
    } catch {
      return null;
    }
  }
  if (written.startsWith("'")) {
    const inner = /^'(?<inner>(?:[^']|'')*)'$/u.exec(written)?.groups?.['inner'];
    return inner === undefined ? null : inner.replaceAll("''", "'");
  }
  const special = /^[-?:,[\]{}#&*!|>%@`]|: |:$| #/u.test(written) && !/^-[\w]/u.test(written);
  return special ? null : written;
}
