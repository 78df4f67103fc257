/** A claim of the story against what is there. The first one that is wrong ends the demo. */
import { lstat } from 'node:fs/promises';
import { FlightError } from '../../kernel/errors.ts';
import type { Outcome } from '../../kernel/outcome.ts';

/**
 * @param expected what the story says
 * @param saw what was looked up
 * @param what names it in a sentence
 * @throws FlightError `demo-failed`, for the caller to say in which step
 */
export function same(what: string, expected: unknown, saw: unknown): void {
  const [one, other] = [text(expected), text(saw)];
  if (one !== other) throw wrong(`${what} to be ${one}`, other);
}

/** @throws FlightError `demo-failed` */
export function wrong(expected: string, saw: string): FlightError<'demo-failed'> {
  return new FlightError('demo-failed', { step: '', expected, saw, folder: null });
}

/** The answer of an operation that should have been done. @throws FlightError `demo-failed` */
export function answered<T>(what: string, outcome: Outcome<T>): T {
  if (outcome.kind === 'done') return outcome.data;
  throw wrong(`${what} to be done`, `the question "${outcome.decision.question}"`);
}

/** `there` or `gone`, as the file system says. */
export async function at(path: string): Promise<'there' | 'gone'> {
  try {
    await lstat(path);
    return 'there';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'gone';
    throw error;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : (JSON.stringify(value) ?? 'nothing');
}
