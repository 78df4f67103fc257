/** Names of sessions: safe as a folder, a branch, a ref and a word on a command line. */
import { trusted, type Branded } from '../kernel/brand.ts';
import { FlightError } from '../kernel/errors.ts';

/** A name that has passed `parseSessionName`. */
export type SessionName = Branded<string, 'SessionName'>;

/** The lower-cased name: the record's key, so that `Foo` and `foo` are one on every file system. */
export type SessionKey = Branded<string, 'SessionKey'>;

const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/iu;

/** The rule that `text` breaks, or `null` if it is a name. */
export function brokenNameRule(text: string): string | null {
  if (text === '') return 'it is empty';
  if (text.length > 100) return 'it is longer than 100 characters';
  if (!/^[A-Za-z0-9]/u.test(text)) return 'it must start with an ASCII letter or digit';
  if (!/^[A-Za-z0-9._-]+$/u.test(text))
    return 'only ASCII letters, digits, "-", "_" and "." are allowed';
  if (text.includes('..')) return 'it must not contain ".."';
  if (text.endsWith('.')) return 'it must not end with "."';
  if (/\.lock$/iu.test(text)) return 'it must not end with ".lock"';
  if (reserved.test(text)) return 'it is a reserved device name';
  return null;
}

/** A name made of `text` that keeps the rules, or `null` if nothing usable is left. */
export function suggestName(text: string): string | null {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/gu, '-')
    .replace(/\.{2,}/gu, '.')
    .replace(/^[^A-Za-z0-9]+/u, '')
    .slice(0, 100)
    .replace(/(?:\.lock)+$/iu, '')
    .replace(/[^A-Za-z0-9_]+$/u, '');
  const whole = reserved.test(plain) ? `session-${plain}` : plain;
  return brokenNameRule(whole) === null ? whole : null;
}

/** @throws FlightError `bad-name` with the rule and a suggestion */
export function parseSessionName(text: string): SessionName {
  const rule = brokenNameRule(text);
  if (rule !== null) {
    const suggestion = suggestName(text);
    throw new FlightError('bad-name', {
      name: text,
      rule,
      ...(suggestion === null ? {} : { suggestion }),
    });
  }
  return trusted(text);
}

/**
 * The key of a session that is looked for.
 * @throws FlightError `bad-name` with the rule: nothing can have that name
 */
export function keyNamed(text: string): SessionKey {
  const rule = brokenNameRule(text);
  if (rule !== null) throw new FlightError('bad-name', { name: text, rule });
  return sessionKey(trusted(text));
}

/** As `parseSessionName`, answering `null` for what is no name. */
export function asSessionName(text: string): SessionName | null {
  return brokenNameRule(text) === null ? trusted(text) : null;
}

export function sessionKey(name: SessionName): SessionKey {
  return trusted(name.toLowerCase());
}

/**
 * A name for what an entry of the trash brings back beside its session, another for each entry.
 * @param id of the entry, `<name>~<seq>`
 */
export function nameBeside(name: string, what: string, id: string): string {
  return `${name.slice(0, 80)}-${what}-${id.slice(id.lastIndexOf('~') + 1)}`;
}
