/**
 * The text of a configuration file -> its values. Pure. Apart from `settings.ts`, so that parser
 * and schema are loaded only where there is a file.
 */
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { FlightError } from '../kernel/errors.ts';
import type { Warning } from '../kernel/outcome.ts';
import { ConfigSchema, ParallelSchema, type Config } from './settings-schema.ts';

/**
 * @param file named in errors and warnings
 * @param text JSON; comments, trailing commas and a byte order mark are allowed; an empty file is `{}`
 * @throws FlightError `bad-config` with line and column, or with the path of the wrong value
 */
export function parseConfig(
  file: string,
  text: string,
): { parallel: NonNullable<Config['parallel']>; warnings: readonly Warning[] } {
  const source = text.replace(/^\uFEFF/u, '');
  const errors: ParseError[] = [];
  const parsed: unknown = parse(source, errors, {
    allowTrailingComma: true,
    allowEmptyContent: true,
  });
  const value = parsed === undefined ? {} : parsed;
  const [first] = errors;
  if (first !== undefined) {
    const { line, column } = position(source, first.offset);
    const problem = `line ${line}, column ${column}: this is not JSON (${words(first.error)}).`;
    throw new FlightError('bad-config', { file, path: '', problem });
  }
  const read = ConfigSchema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue === undefined ? '' : issue.path.map(String).join('.');
    throw new FlightError('bad-config', {
      file,
      path,
      problem: `${issue?.message ?? 'is wrong'}.`,
    });
  }
  return { parallel: read.data.parallel ?? {}, warnings: unknownKeys(file, value) };
}

/** A misspelt key is silently without effect, unless somebody says so. */
function unknownKeys(file: string, value: unknown): Warning[] {
  const top = foreign(value, Object.keys(ConfigSchema.shape));
  const inner = foreign(property(value, 'parallel'), Object.keys(ParallelSchema.shape));
  return [...top, ...inner.map((key) => `parallel.${key}`)].map((path) => ({
    code: 'unknown-config-key',
    message: `${file}: ${path} is no setting of this version; it has no effect.`,
  }));
}

function foreign(value: unknown, known: readonly string[]): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).filter((key) => !known.includes(key));
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<string, unknown>(Object.entries(value)).get(key);
}

/** Line and column, from 1, in UTF-16 units as editors count them. */
function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/u);
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** `PropertyNameExpected` -> `property name expected` */
function words(code: ParseError['error']): string {
  return printParseErrorCode(code)
    .replace(/(?<=[a-z])(?=[A-Z])/gu, ' ')
    .toLowerCase();
}
