/**
 * What an operation answers. It never prints and never exits: a face turns an outcome into text,
 * JSON or an MCP result. What went wrong is thrown as a `FlightError` instead.
 */
import type { Suggestion } from './suggestion.ts';

/** Something the caller should know although the operation did what it was asked. */
export interface Warning {
  /** stable, kebab-case */
  readonly code: string;
  readonly message: string;
}

/** One way to go on. `args` are the arguments of ours that take it, every flag already given. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  /** what it would do here, computed from this repository */
  readonly effect: string;
  /** how to take it back, computed from this repository */
  readonly undo: string;
  readonly available: boolean;
  readonly unavailableWhy?: string;
  /** at most one choice of a decision */
  readonly recommended?: boolean;
  readonly args: readonly string[];
}

/** A question only the user can answer. Nothing has been changed. */
export interface Decision {
  /** stable, kebab-case: `strategy`, `dirty`, `base`, `cleanup`, … */
  readonly id: string;
  readonly question: string;
  readonly session?: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly choices: readonly Choice[];
  /** an open question: the flag that carries the answer, and the call it is added to */
  readonly input?: {
    readonly flag: string;
    readonly repeatable: boolean;
    readonly suggestions: readonly string[];
    readonly args: readonly string[];
  };
  readonly ifDeclined: string;
}

export type Outcome<T> =
  | {
      readonly kind: 'done';
      readonly data: T;
      readonly warnings: readonly Warning[];
      readonly next: readonly Suggestion[];
    }
  | {
      readonly kind: 'decision';
      readonly decision: Decision;
      readonly data?: unknown;
      readonly warnings: readonly Warning[];
    };

/** The operation did what it was asked. */
export function done<T>(
  data: T,
  extra: { warnings?: readonly Warning[]; next?: readonly Suggestion[] } = {},
): Outcome<T> {
  return { kind: 'done', data, warnings: extra.warnings ?? [], next: extra.next ?? [] };
}

/** The operation changed nothing: the user must decide first. */
export function undecided(
  decision: Decision,
  extra: { data?: unknown; warnings?: readonly Warning[] } = {},
): Outcome<never> {
  const warnings = extra.warnings ?? [];
  return extra.data === undefined
    ? { kind: 'decision', decision, warnings }
    : { kind: 'decision', decision, data: extra.data, warnings };
}
