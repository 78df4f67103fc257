/** Errors, warnings, hints and decisions as lines for people. */
import { describe, type FlightError } from '../../kernel/errors.ts';
import type { Decision, Warning } from '../../kernel/outcome.ts';
import type { Speller } from '../json.ts';
import { visible } from '../../kernel/visible.ts';
import { beside, indent, visibleLines, wrap } from '../text.ts';
import { cut } from '../widths.ts';
import type { View } from './view.ts';

/** What happened, what is safe, what helps. */
export function errorLines(error: FlightError, speller: Speller, view: View): readonly string[] {
  const { message, safe, hints } = describe(error);
  const said = wrap(visibleLines(message), view.width);
  return [
    ...said.map((line, at) => (at === 0 ? view.theme.problem(line) : line)),
    ...(safe === '' ? [] : wrap(visibleLines(safe), view.width)),
    ...hintLines(speller.suggestions(hints), view),
  ];
}

/** One command a block: its reason, then the command, whole. */
export function hintLines(
  hints: readonly { readonly command: string; readonly why: string }[],
  view: View,
): readonly string[] {
  return hints.flatMap(({ command, why }) =>
    beside(`  > ${visible(why)}:  `, view.theme.command(visible(command)), view.width),
  );
}

export function warningLines(warnings: readonly Warning[], view: View): readonly string[] {
  return warnings.flatMap(({ message }) => wrap(`Warning: ${visibleLines(message)}`, view.width));
}

/** A decision where nobody can be asked: the question and each choice with its command. */
export function decisionLines(decision: Decision, speller: Speller, view: View): readonly string[] {
  const { theme } = view;
  const choices = decision.choices.flatMap((choice) => {
    const mark = choice.recommended === true ? '   (recommended)' : '';
    const label = `${visible(choice.label)}${mark}`;
    if (!choice.available) {
      const why = `not available: ${visible(choice.unavailableWhy ?? 'unknown why')}`;
      return [theme.quiet(label), ...indent(wrap(why, view.width - 6), 4)];
    }
    return [
      theme.heading(label),
      ...indent(wrap(visible(choice.effect), view.width - 6), 4),
      ...indent(wrap(`Way back: ${visible(choice.undo)}`, view.width - 6), 4),
      ...(choice.args.length === 0
        ? []
        : [`    ${theme.command(visible(speller.command(choice.args).command))}`]),
    ];
  });
  const { input } = decision;
  const open =
    input === undefined
      ? []
      : [
          ...input.suggestions.map((text) => `  ${cut(visible(text), view.width - 2)}`),
          ...beside(
            `Answer with ${input.flag}:  `,
            `${visible(speller.command(input.args).command)} ${input.flag} ...`,
            view.width,
          ),
        ];
  return [
    ...wrap(visible(decision.question), view.width).map(theme.heading),
    ...indent(choices, 2),
    ...open,
    ...wrap(visible(decision.ifDeclined), view.width),
  ];
}
