/** A configuration file with comments. A chunk of its own: few have any, and a hook must be quick. */
import { parse, type ParseError } from 'jsonc-parser';

/** @returns `null` for what is no such JSON */
export function withComments(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  return errors.length === 0 ? value : null;
}
