/**
 * Asks a decision at a terminal. What cannot be chosen stays in the list, greyed, with the reason;
 * Esc leaves everything as it is.
 */
import { isCancel, select, text } from '@clack/prompts';
import type { Decision } from '../../kernel/outcome.ts';
import { visible } from '../../render/text.ts';
import { cut, loadWidths } from '../../render/widths.ts';

export type Chosen =
  /** the arguments of ours that take the way chosen, as if typed */
  { readonly kind: 'chosen'; readonly args: readonly string[] } | { readonly kind: 'declined' };

const declined: Chosen = { kind: 'declined' };

/** True if there is anything to ask: a choice that can be taken, or an open question. */
export function canAsk(decision: Decision): boolean {
  return decision.input !== undefined || decision.choices.some(({ available }) => available);
}

/** Asks. @param columns of the terminal */
export async function ask(decision: Decision, columns: number): Promise<Chosen> {
  await loadWidths();
  const choices = decision.choices.filter(({ available }) => available);
  return choices.length === 0 ? askText(decision) : askChoice(decision, columns);
}

async function askChoice(decision: Decision, columns: number): Promise<Chosen> {
  // Kept short: a choice that wraps would be redrawn wrongly at each key.
  const room = Math.max(columns - 8, 30);
  const recommended = decision.choices.find((choice) => choice.recommended === true);
  const options = decision.choices.map((choice, index) => {
    const mark = choice.recommended === true ? ' (recommended)' : '';
    const label = `${visible(choice.label)}${mark}`;
    const hint = choice.available ? choice.effect : (choice.unavailableWhy ?? 'not available');
    return {
      value: index,
      label: choice.available ? label : `${label}: ${cut(visible(hint), room - label.length)}`,
      ...(choice.available ? { hint: cut(visible(hint), room - label.length) } : {}),
      disabled: !choice.available,
    };
  });
  // An open question beside choices: the answer may also be typed.
  const { input } = decision;
  if (input !== undefined) {
    options.push({ value: -1, label: 'Something else', hint: 'type it', disabled: false });
  }
  const answer = await select({
    message: `${visible(decision.question)} (Esc: leave everything as it is)`,
    options,
    ...(recommended === undefined ? {} : { initialValue: decision.choices.indexOf(recommended) }),
    showInstructions: false,
  });
  if (isCancel(answer)) return declined;
  if (answer === -1) return askText(decision);
  const choice = decision.choices[answer];
  return choice === undefined || choice.args.length === 0
    ? declined
    : { kind: 'chosen', args: choice.args };
}

async function askText(decision: Decision): Promise<Chosen> {
  const { input } = decision;
  if (input === undefined) return declined;
  const given: string[] = [];
  for (;;) {
    const first = given.length === 0;
    const suggestion = first ? input.suggestions[0] : undefined;
    const answer = await text({
      message: first
        ? `${visible(decision.question)} (Esc: leave everything as it is)`
        : 'Another? (Enter alone: no)',
      ...(suggestion === undefined ? {} : { placeholder: visible(suggestion) }),
    });
    if (isCancel(answer)) return declined;
    if (answer === '') break;
    given.push(answer);
    if (!input.repeatable) break;
  }
  if (given.length === 0) return declined;
  return { kind: 'chosen', args: withAnswers(input.args, input.flag, given) };
}

/** Puts the answers before a `--`, behind which everything is somebody else's. */
function withAnswers(
  args: readonly string[],
  flag: string,
  answers: readonly string[],
): readonly string[] {
  const at = args.indexOf('--');
  const end = at < 0 ? args.length : at;
  return [...args.slice(0, end), ...answers.flatMap((one) => [flag, one]), ...args.slice(end)];
}
