/** Outcomes and errors as what is written where, and the exit code. */
import { describe, type FlightError } from '../../kernel/errors.ts';
import type { Decision, Outcome } from '../../kernel/outcome.ts';
import { errorJson, outcomeJson } from '../../render/json.ts';
import { decisionLines, errorLines, hintLines, warningLines } from '../../render/human/messages.ts';
import { rendererOf } from '../../render/human/renderers.ts';
import { visible, wrap } from '../../render/text.ts';
import { speller, view, type Frame } from './frame.ts';

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
  const exit = outcome.kind === 'done' ? 0 : 6;
  const warnings = [...frame.warnings, ...outcome.warnings];
  if (frame.globals.json) {
    const json = outcomeJson(outcome, warnings, speller(frame, 'whole'));
    return { stdout: `${JSON.stringify(json)}\n`, stderr: '', exit };
  }
  const onOut = view(frame, process.stdout);
  const stderr = text(warningLines(warnings, view(frame, process.stderr)));
  const render = await rendererOf(name);
  if (outcome.kind === 'decision') {
    const shown = outcome.data === undefined ? [] : [...render(outcome.data, onOut), ''];
    const asked = decisionLines(outcome.decision, speller(frame, 'whole'), onOut);
    return { stdout: text([...shown, ...asked]), stderr, exit };
  }
  const hints = speller(frame, 'here').suggestions(outcome.next);
  const lines = [...render(outcome.data, onOut), ...hintLines(hints, onOut)];
  return { stdout: text(lines), stderr, exit };
}

/** What is shown before a question: what it is about, and what was warned of. */
export async function beforeQuestion(
  frame: Frame,
  name: string,
  outcome: Outcome<unknown> & { readonly kind: 'decision' },
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const warnings = [...frame.warnings, ...outcome.warnings];
  const stderr = text(warningLines(warnings, view(frame, process.stderr)));
  if (outcome.data === undefined) return { stdout: '', stderr };
  const render = await rendererOf(name);
  return { stdout: text(render(outcome.data, view(frame, process.stdout))), stderr };
}

/** The question was left open: nothing has been changed. */
export function declinedAnswer(frame: Frame, decision: Decision): Answer {
  const lines = wrap(visible(decision.ifDeclined), view(frame, process.stderr).width);
  return { stdout: '', stderr: text(lines), exit: 6 };
}

export function errorAnswer(frame: Frame, error: FlightError): Answer {
  const { exit } = describe(error);
  if (frame.globals.json) {
    const json = errorJson(error, frame.warnings, speller(frame, 'whole'));
    return { stdout: `${JSON.stringify(json)}\n`, stderr: '', exit };
  }
  const onErr = view(frame, process.stderr);
  const stack =
    frame.globals.verbose && error.cause instanceof Error ? [error.cause.stack ?? ''] : [];
  const lines = [
    ...warningLines(frame.warnings, onErr),
    ...errorLines(error, speller(frame, 'here'), onErr),
    ...stack,
  ];
  return { stdout: '', stderr: text(lines), exit };
}

/** Something short to read: help, the version. */
export function textAnswer(frame: Frame, key: string, body: string): Answer {
  if (!frame.globals.json) return { stdout: body, stderr: '', exit: 0 };
  const data = { [key]: body.trimEnd() };
  const json = { schema: 1, ok: true, data, warnings: [], next: [] };
  return { stdout: `${JSON.stringify(json)}\n`, stderr: '', exit: 0 };
}

function text(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
