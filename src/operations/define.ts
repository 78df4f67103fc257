/**
 * One operation, many faces: CLI flags, help, completions, JSON Schemas, MCP tools and the command
 * reference derive from what is written down here once per verb.
 */
import type * as z from 'zod/mini';
import { FlightError } from '../kernel/errors.ts';
import { offline } from '../git/environment.ts';
import { gitWith } from '../git/git.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { asOperation } from '../kernel/running.ts';
import type { OperationContext } from './context.ts';

/** How an input field appears on a command line. */
export interface FlagSpec {
  /** one line for help and tool schemas */
  readonly about: string;
  /** a positional argument instead of a flag; `many` takes all that follow, `rest` all after `--` */
  readonly positional?: 'one' | 'many' | 'rest';
  /** name of the value in help, e.g. `NAME`; without it the flag is a switch */
  readonly value?: string;
  /** the values it can have */
  readonly choices?: readonly string[];
  /** may be given more than once: the field is an array */
  readonly repeatable?: boolean;
  /** long flag, if it differs from the field's kebab-case name (`goals` is `--goal`) */
  readonly flag?: string;
  /** understood, to explain why it is not there; not shown in help */
  readonly hidden?: true;
  /** another spelling of the same flag, e.g. `--force` for `--yes` */
  readonly alias?: string;
  /** with `value`: may be given without one, the field is `true` then (`--parallel [NAME]`) */
  readonly optionalValue?: true;
  /** its value is a path, relative to where the command was started */
  readonly path?: true;
  /** only there: a file on a command line is a text over MCP; both faces know the others */
  readonly face?: 'cli' | 'mcp';
  /** its name over MCP, if it differs from the field's (`apply` for `yes`) */
  readonly mcp?: string;
}

interface Example {
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
  /**
   * What `input` makes of a usual call, at least as strict and without building a schema; `null`:
   * ask the schema. For what is run so often that this matters.
   */
  readonly plainInput?: (input: Readonly<Record<string, unknown>>) => I | null;
  /** one per input field */
  readonly flags: Readonly<Record<string, FlagSpec>>;
  readonly output: z.ZodMiniType<O>;
  readonly examples: readonly Example[];
  readonly run: (input: I, context: OperationContext) => Promise<Outcome<O>>;
}

/** An operation whose types are forgotten: what a face works with. */
export interface AnyOperation extends Pick<
  Operation,
  'name' | 'summary' | 'description' | 'effect' | 'input' | 'flags' | 'output' | 'examples'
> {
  /** see `Operation` */
  readonly plainInput?: (input: Readonly<Record<string, unknown>>) => unknown;
  /**
   * Checks `input` and runs.
   * @throws FlightError `usage` naming the flag whose value is wrong, and what `run` throws
   */
  readonly call: (input: unknown, context: OperationContext) => Promise<Outcome<unknown>>;
}

/** Types an operation by its schemas. */
export function defineOperation<I, O>(
  operation: Operation<I, O>,
): Operation<I, O> & Pick<AnyOperation, 'call'> {
  const run = (input: I, context: OperationContext): Promise<Outcome<O>> => {
    const body = (): Promise<Outcome<O>> => operation.run(input, contextOf(operation, context));
    // reading issues no tokens, and Node would keep book of every promise
    return operation.effect === 'read' ? whole(body(), context) : asOperation(body);
  };
  const call: AnyOperation['call'] = (input, context) => {
    const plain = isObject(input) ? (operation.plainInput?.(input) ?? null) : null;
    if (plain !== null) return run(plain, context);
    const parsed = operation.input.safeParse(input);
    if (parsed.success) return run(parsed.data, context);
    const issue = parsed.error.issues[0];
    const field = String(issue?.path[0] ?? '');
    const spec = operation.flags[field];
    const where = spec === undefined ? field : argumentName(field, spec);
    const detail = `${where === '' ? '' : `${where}: `}${issue?.message ?? 'not understood'}.`;
    throw new FlightError('usage', { detail, command: operation.name.split(' ') });
  };
  // the same object, since getters do not survive copying
  return Object.assign(operation, { call });
}

/** What was cut off would read as "could not be found out". What has changed something says so. */
async function whole<T>(answer: Promise<T>, { signal }: OperationContext): Promise<T> {
  const outcome = await answer;
  signal.throwIfAborted();
  return outcome;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reading fetches nothing: what a partial clone has only promised is unknown. */
function contextOf(
  { effect }: Pick<AnyOperation, 'effect'>,
  context: OperationContext,
): OperationContext {
  return effect === 'read' ? { ...context, git: gitWith(context.git, offline) } : context;
}

/** A field as it is typed: `--goal`, or `<name>` for a positional one. */
export function argumentName(field: string, spec: FlagSpec): string {
  if (spec.positional !== undefined) return `<${kebab(spec.flag ?? field)}>`;
  return `--${spec.flag ?? kebab(field)}`;
}

function kebab(field: string): string {
  return field.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** The fields without which the call is not understood: those an empty input is asked for. */
export function requiredFields(operation: Pick<AnyOperation, 'input'>): ReadonlySet<string> {
  const parsed = operation.input.safeParse({});
  if (parsed.success) return new Set();
  return new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? '')));
}
