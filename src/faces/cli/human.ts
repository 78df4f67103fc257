/** Answers for people. Loaded only where one is given: programs get JSON without it. */
import { describe, type FlightError } from '../../kernel/errors.ts';
import type { Decision, Outcome } from '../../kernel/outcome.ts';
import { decisionLines, errorLines, hintLines, warningLines } from '../../render/human/messages.ts';
import { rendererOf } from '../../render/human/renderers.ts';
import type { View } from '../../render/human/view.ts';
import { visible } from '../../kernel/visible.ts';
import { wrap } from '../../render/text.ts';
import { theme } from '../../render/theme.ts';
import type { Answer } from './answer.ts';
import { speller, type Frame } from './frame.ts';
import { columns, mayColour } from './terminal.ts';

/** The answer to a call of operation `name`. */
export async function outcomeText(
  frame: Frame,
  name: string,
  outcome: Outcome<unknown>,
): Promise<Answer> {
  const exit = outcome.kind === 'done' ? 0 : 6;
  const warnings = [...frame.warnings, ...outcome.warnings];
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

export function errorText(frame: Frame, error: FlightError): Answer {
  const { exit } = describe(error);
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

/** What people see on `stream`. */
function view(frame: Frame, stream: NodeJS.WriteStream): View {
  const coloured = mayColour(stream, process.env, frame.globals);
  return {
    width: columns(process.stdout),
    theme: theme(coloured ? 'coloured' : 'plain'),
    now: new Date(),
    home: process.env['HOME'] ?? null,
    command: (args) => speller(frame, 'here').command(args).command,
  };
}

function text(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
