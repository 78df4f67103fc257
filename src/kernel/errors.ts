/**
 * The one error type of the product. Thrown inside, caught once at the face.
 * What a code means (exit code, sentences, hints) stands in `catalogue.ts`.
 */
import { constants } from 'node:os';
import { catalogue } from './catalogue.ts';
import type { Suggestion } from './suggestion.ts';

/** How one kind of error reads and what it asks for. */
export interface CatalogueEntry<D> {
  /** 1 failed, 2 usage, 3 not found, 4 refused, 5 conflicts, 7 busy; 128: plus the signal's number */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 7 | 70 | 128;
  /** may the same call succeed later without anything being done about it? */
  readonly retryable: boolean;
  /** when it happens, one sentence for the error reference */
  readonly when: string;
  /** what happened */
  readonly message: (data: D) => string;
  /** what is safe */
  readonly safe: (data: D) => string;
  /** the commands that help, best first */
  readonly hints: (data: D) => readonly Suggestion[];
}

type Catalogue = typeof catalogue;
export type ErrorCode = keyof Catalogue;
export type ErrorData<C extends ErrorCode> = Parameters<Catalogue[C]['message']>[0];

/** A failure or refusal that has a name. `data` is shown to agents as it is (JSON). */
export class FlightError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly data: ErrorData<C>;
  constructor(code: C, data: ErrorData<C>, options?: { cause?: unknown }) {
    super(code, options);
    this.name = 'FlightError';
    this.code = code;
    this.data = data;
  }
}

/** What the catalogue says about `error`, spelled out with its data. */
export function describe(error: FlightError): {
  exit: number;
  message: string;
  safe: string;
  hints: readonly Suggestion[];
  retryable: boolean;
} {
  // an entry takes the data of its own code, which the constructor has seen to
  // eslint-disable-next-line typescript/no-unsafe-type-assertion
  const entry = catalogue[error.code] as CatalogueEntry<unknown>;
  return {
    exit: entry.exit === 128 ? 128 + signalNumber(error.data) : entry.exit,
    message: entry.message(error.data),
    safe: entry.safe(error.data),
    hints: entry.hints(error.data),
    retryable: entry.retryable,
  };
}

/** What happened and what is safe in one text; a list keeps its lines. */
export function wholeMessage({ message, safe }: { message: string; safe: string }): string {
  return `${message}${message.includes('\n') ? '\n' : ' '}${safe}`.trimEnd();
}

/** The number of the signal named in `data`; 2 (SIGINT) if it has none here. */
function signalNumber(data: object): number {
  const name: unknown = 'signal' in data ? data.signal : null;
  const number = Object.entries(constants.signals).find(([known]) => known === name)?.[1];
  return number ?? constants.signals.SIGINT;
}

/** True if `value` is a `FlightError`, of the code named. */
export function isFlightError<C extends ErrorCode>(
  value: unknown,
  code?: C,
): value is FlightError<C> {
  return value instanceof FlightError && (code === undefined || value.code === code);
}
