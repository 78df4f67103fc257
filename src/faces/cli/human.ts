/** Answers for people. Loaded only where one is given: programs get JSON without it. */
import { describe, type FlightError } from '../../kernel/errors.ts';
import type { Decision, Outcome } from '../../kernel/outcome.ts';
import { decisionLines, errorLines, hintLines, warningLines } from '../../render/human/messages.ts';
import { rendererOf } from '../../render/human/renderers.ts';
import type { View } from '../../render/human/view.ts';
import { visible } from '../../kernel/visible.ts';
import { wrap } from '../../render/text.ts';
import { theme } from '../../render/theme.ts';
import { withWidths } from '../../render/widths.ts';
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
  const render = await rendererOf(name);
  return withWidths(() => {
    const stderr = text(warningLines(warnings, view(frame, process.stderr)));
    if (outcome.kind === 'decision') {
      const shown = outcome.data === undefined ? [] : [...render(outcome.data, onOut), ''];
      const asked = decisionLines(outcome.decision, speller(frame, 'whole'), onOut);
      return { stdout: text([...shown, ...asked]), stderr, exit };
    }
    const hints = speller(frame, 'here').suggestions(outcome.next);
    const lines = [...render(outcome.data, onOut), ...hintLines(hints, onOut)];
    return { stdout: text(lines), stderr, exit };
  });
}

/** What is shown before a question: what it is about, and what was warned of. */
export async function beforeQuestion(
  frame: Frame,
  name: string,
  outcome: Outcome<unknown> & { readonly kind: 'decision' },
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const warnings = [...frame.warnings, ...outcome.warnings];
  const { data } = outcome;
  const render = await rendererOf(name);
  return withWidths(() => ({
    stdout: data === undefined ? '' : text(render(data, view(frame, process.stdout))),
    stderr: text(warningLines(warnings, view(frame, process.stderr))),
  }));
}

/** The question was left open: nothing has been changed. */
export function declinedAnswer(frame: Frame, decision: Decision): Promise<Answer> {
  const { width } = view(frame, process.stderr);
  return withWidths(() => ({
    stdout: '',
    stderr: text(wrap(visible(decision.ifDeclined), width)),
    exit: 6,
  }));
}

export function errorText(frame: Frame, error: FlightError): Promise<Answer> {
  const { exit } = describe(error);
  const onErr = view(frame, process.stderr);
  const stack =
    frame.globals.verbose && error.cause instanceof Error ? [error.cause.stack ?? ''] : [];
  return withWidths(() => {
    const lines = [
      ...warningLines(frame.warnings, onErr),
      ...errorLines(error, speller(frame, 'here'), onErr),
      ...stack,
    ];
    return { stdout: '', stderr: text(lines), exit };
  });
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
