/**
 * The JSON envelope: one compact line for whatever happened. Additive changes only.
 * `Speller` comes from the face, which knows how commands are spelled.
 */
import { describe, wholeMessage, type FlightError } from '../kernel/errors.ts';
import type { Choice, Decision, Outcome, Warning } from '../kernel/outcome.ts';
import type { SpelledCommand, Suggestion } from '../kernel/suggestion.ts';

export interface Speller {
  /** @param flag of an open question: the answer is added to the call with it */
  readonly command: (args: readonly string[], flag?: string) => SpelledCommand;
  /** spelled out, without those that name a command this version lacks */
  readonly suggestions: (
    suggestions: readonly Suggestion[],
  ) => readonly (SpelledCommand & { readonly why: string })[];
}

/** The answer of an operation, as a value for `JSON.stringify`. */
export function outcomeJson(
  outcome: Outcome<unknown>,
  warnings: readonly Warning[],
  speller: Speller,
): Readonly<Record<string, unknown>> {
  switch (outcome.kind) {
    case 'done':
      return {
        schema: 1,
        ok: true,
        data: outcome.data,
        warnings,
        next: speller.suggestions(outcome.next),
      };
    case 'decision':
      return {
        schema: 1,
        ok: false,
        decision: decisionJson(outcome.decision, speller),
        ...(outcome.data === undefined ? {} : { data: outcome.data }),
        warnings,
        next: [],
      };
  }
}

/** A failure or refusal, as a value for `JSON.stringify`. */
export function errorJson(
  error: FlightError,
  warnings: readonly Warning[],
  speller: Speller,
): Readonly<Record<string, unknown>> {
  const { hints, ...said } = describe(error);
  return {
    schema: 1,
    ok: false,
    error: {
      code: error.code,
      message: wholeMessage(said),
      hints: speller.suggestions(hints),
      data: error.data,
    },
    warnings,
    next: [],
  };
}

function decisionJson(decision: Decision, speller: Speller): unknown {
  const { choices, input, ...rest } = decision;
  return {
    ...rest,
    choices: choices.map((choice) => choiceJson(choice, speller)),
    ...(input === undefined ? {} : { input: inputJson(input, speller) }),
  };
}

function choiceJson(choice: Choice, speller: Speller): unknown {
  const { args, ...rest } = choice;
  return { ...rest, ...speller.command(args) };
}

function inputJson(input: NonNullable<Decision['input']>, speller: Speller): unknown {
  const { args, ...rest } = input;
  return { ...rest, ...speller.command(args, input.flag) };
}
