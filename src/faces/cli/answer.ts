/** Outcomes and errors as what is written where, and the exit code. */
import { describe, type FlightError } from '../../kernel/errors.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { errorJson, outcomeJson } from '../../render/json.ts';
import { speller, type Frame } from './frame.ts';

export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** The answer to a call of operation `name`. */
export async function outcomeAnswer(
  frame: Frame,
  name: string,
  outcome: Outcome<unknown>,
): Promise<Answer> {
  if (!frame.globals.json) {
    const { outcomeText } = await import('./human.ts');
    return outcomeText(frame, name, outcome);
  }
  const warnings = [...frame.warnings, ...outcome.warnings];
  const json = outcomeJson(outcome, warnings, speller(frame, 'whole'));
  return { stdout: line(json), stderr: '', exit: outcome.kind === 'done' ? 0 : 6 };
}

export async function errorAnswer(frame: Frame, error: FlightError): Promise<Answer> {
  if (!frame.globals.json) {
    const { errorText } = await import('./human.ts');
    return errorText(frame, error);
  }
  const json = errorJson(error, frame.warnings, speller(frame, 'whole'));
  return { stdout: line(json), stderr: '', exit: describe(error).exit };
}

/** Something short to read: help, the version. */
export function textAnswer(frame: Frame, key: string, body: string): Answer {
  if (!frame.globals.json) return { stdout: body, stderr: '', exit: 0 };
  const data = { [key]: body.trimEnd() };
  const json = { schema: 1, ok: true, data, warnings: [], next: [] };
  return { stdout: line(json), stderr: '', exit: 0 };
}

function line(json: unknown): string {
  return `${JSON.stringify(json)}\n`;
}
