/**
 * One operation, many faces: CLI flags, help, completions, JSON Schemas, MCP tools and the command
 * reference derive from what is written down here once per verb.
 */
import type * as z from 'zod/mini';
import type { Outcome } from '../kernel/outcome.ts';
import type { OperationContext } from './context.ts';

/** How an input field appears on a command line. */
export interface FlagSpec {
  /** one line for help and tool schemas */
  readonly about: string;
  /** a positional argument instead of a flag; `many` takes all that follow */
  readonly positional?: 'one' | 'many';
  /** name of the value in help, e.g. `NAME`; without it the flag is a switch */
  readonly value?: string;
  /** the values it can have */
  readonly choices?: readonly string[];
  /** may be given more than once: the field is an array */
  readonly repeatable?: boolean;
  /** long flag, if it differs from the field's kebab-case name (`goals` is `--goal`) */
  readonly flag?: string;
  /** another spelling of the same flag, e.g. `--force` for `--yes` */
  readonly alias?: string;
}

export interface Example {
  readonly args: string;
  readonly about: string;
}

export interface Operation<I = unknown, O = unknown> {
  /** as typed: `parallel create`, `trust grant` */
  readonly name: string;
  readonly summary: string;
  /** some paragraphs for `--help` and the reference */
  readonly description: string;
  /** `read` writes nothing; `change` adds or moves; `destructive` takes something away */
  readonly effect: 'read' | 'change' | 'destructive';
  readonly input: z.ZodMiniType<I>;
  /** one per input field */
  readonly flags: Readonly<Record<string, FlagSpec>>;
  readonly output: z.ZodMiniType<O>;
  readonly examples: readonly Example[];
  readonly run: (input: I, context: OperationContext) => Promise<Outcome<O>>;
}

/** Types an operation by its schemas. */
export function defineOperation<I, O>(operation: Operation<I, O>): Operation<I, O> {
  return operation;
}
