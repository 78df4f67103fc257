/**
 * Asks a decision at a terminal. What cannot be chosen stays in the list, greyed, with the reason;
 * Esc leaves everything as it is.
 */
import { isCancel, multiselect, select, text } from '@clack/prompts';
import type { Choice, Decision } from '../../kernel/outcome.ts';
import { visible } from '../../kernel/visible.ts';
import { pad, wrap } from '../../render/text.ts';
import { cut, width, loadWidths } from '../../render/widths.ts';

export type Chosen =
  /** the arguments of ours that take the way chosen, as if typed */
  { readonly kind: 'chosen'; readonly args: readonly string[] } | { readonly kind: 'declined' };

const declined: Chosen = { kind: 'declined' };

/** the entry that is no choice of the decision */
const leaveAll = -2;

/** True if there is anything to ask: a choice that can be taken, or an open question. */
export function canAsk(decision: Decision): boolean {
  return decision.input !== undefined || decision.choices.some(({ available }) => available);
}

/** Asks. @param columns of the terminal */
export async function ask(decision: Decision, columns: number): Promise<Chosen> {
  await loadWidths();
  const choices = decision.choices.filter(({ available }) => available);
  if (choices.length > 0) return askChoice(decision, columns);
  const suggestions = decision.input?.suggestions ?? [];
  const several = decision.input?.repeatable === true && suggestions.length > 1;
  return several ? askSome(decision, columns) : askText(decision, []);
}

/** Some of what is suggested, and what is typed besides. */
async function askSome(decision: Decision, columns: number): Promise<Chosen> {
  const suggestions = decision.input?.suggestions ?? [];
  const room = Math.max(columns - 10, 30);
  const options = suggestions.map((suggestion, index) => ({
    value: index,
    label: cut(visible(suggestion), room),
  }));
  const typed = suggestions.length;
  const answer = await multiselect({
    message: `${visible(decision.question)}\n(Space: choose, Enter: go on, Esc: leave everything as it is)`,
    options: [...options, { value: typed, label: 'Something else, to be typed' }],
    // nothing chosen is all to be typed
    required: false,
  });
  if (isCancel(answer)) return declined;
  const chosen = answer.flatMap((index) => suggestions[index] ?? []);
  if (chosen.length === 0 || answer.includes(typed)) return askText(decision, chosen);
  return answered(decision, chosen);
}

async function askChoice(decision: Decision, columns: number): Promise<Chosen> {
  // Kept to one line, of the length at which the prompt breaks it: a choice that wraps would be
  // redrawn wrongly at each key.
  const room = Math.max(columns - 16, 30);
  const recommended = decision.choices.find((choice) => choice.recommended === true);
  const column = Math.max(0, ...decision.choices.map(({ label }) => width(visible(label))));
  const options = decision.choices.map((choice, index) => ({
    value: index,
    label: choiceLine(choice, column, room),
    disabled: !choice.available,
  }));
  // An open question beside choices: the answer may also be typed.
  const { input } = decision;
  if (input !== undefined) {
    options.push({ value: -1, label: 'Something else, to be typed', disabled: false });
  }
  // Enter alone must never take something away: without a recommendation it leaves all as it is.
  const leave = decision.choices.findIndex(({ value }) => value === 'leave');
  if (leave < 0) {
    options.push({ value: leaveAll, label: 'Leave everything as it is', disabled: false });
  }
  const quiet = leave < 0 ? leaveAll : leave;
  const answer = await select({
    message: [
      ...aboutSession(decision),
      ...wholeReasons(decision, column, room),
      visible(decision.question),
      keys(recommended),
    ].join('\n'),
    options,
    initialValue: recommended === undefined ? quiet : decision.choices.indexOf(recommended),
    showInstructions: false,
  });
  if (isCancel(answer) || answer === leaveAll) return declined;
  if (answer === -1) return askText(decision, []);
  const choice = decision.choices[answer];
  return choice === undefined || choice.args.length === 0
    ? declined
    : { kind: 'chosen', args: choice.args };
}

/** What Esc does, and which choice is recommended: beside it there would be no room to say so. */
function keys(recommended: Choice | undefined): string {
  const best = recommended === undefined ? '' : `recommended: ${visible(recommended.label)}; `;
  return `(${best}Esc: leave everything as it is)`;
}

/** A choice and what it would do here, or why it cannot be taken. */
function choiceLine(choice: Choice, column: number, room: number): string {
  const what = choice.available ? visible(choice.effect) : notPossible(choice);
  return `${pad(visible(choice.label), column)}  ${shortened(what, room - column - 2)}`;
}

function notPossible({ unavailableWhy }: Choice): string {
  return `not possible: ${visible(unavailableWhy ?? 'unknown why')}`;
}

/** Why something cannot be chosen, where its line in the list has no room for all of it. */
function wholeReasons({ choices }: Decision, column: number, room: number): readonly string[] {
  return choices
    .filter((choice) => !choice.available)
    .filter((choice) => {
      const reason = notPossible(choice);
      return shortened(reason, room - column - 2) !== reason.replace(/[.;]$/u, '');
    })
    .flatMap((choice) => wrap(`${visible(choice.label)} is ${notPossible(choice)}`, room));
}

/** Whole sentences as long as they fit; the first one cut if even that does not. */
function shortened(text: string, room: number): string {
  const sentences = text.split(/(?<=[.;]) /u);
  for (let many = sentences.length; many > 0; many -= 1) {
    const some = sentences.slice(0, many).join(' ');
    if (width(some) <= room) return some.replace(/[.;]$/u, '');
  }
  return cut(text, room);
}

/** `auth-jwt: 3 commits, 2 behind main, no conflicts.`, as far as the decision knows. */
function aboutSession({ session, facts }: Decision): readonly string[] {
  const { ahead, behind, base, uncommitted, conflicts } = facts;
  if (session === undefined || typeof ahead !== 'number' || typeof base !== 'string') return [];
  const parts = [
    `${ahead} ${ahead === 1 ? 'commit' : 'commits'}`,
    ...(typeof behind === 'number' && behind > 0 ? [`${behind} behind ${visible(base)}`] : []),
    ...(typeof uncommitted === 'number' && uncommitted > 0 ? [`${uncommitted} uncommitted`] : []),
    ...(Array.isArray(conflicts)
      ? [
          conflicts.length === 0
            ? 'no conflicts'
            : `conflicts in ${conflicts.length} ${conflicts.length === 1 ? 'file' : 'files'}`,
        ]
      : []),
  ];
  return [`${visible(session)}: ${parts.join(', ')}.`];
}

/** @param chosen answers there are already */
async function askText(decision: Decision, chosen: readonly string[]): Promise<Chosen> {
  const { input } = decision;
  if (input === undefined) return declined;
  const given = [...chosen];
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
    // an empty line is `undefined` where nothing was typed
    if (typeof answer !== 'string' || answer.trim() === '') break;
    given.push(answer);
    if (!input.repeatable) break;
  }
  return answered(decision, given);
}

function answered({ input }: Decision, given: readonly string[]): Chosen {
  if (input === undefined || given.length === 0) return declined;
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
