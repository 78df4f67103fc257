/** Whatever was thrown, as one of the errors of the catalogue. */
import { CutOff } from '../../kernel/cut-off.ts';
import { FlightError, isFlightError } from '../../kernel/errors.ts';

/** What a disk, its rights or a limit answers; anything else that is thrown is a bug. */
const diskCodes = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EMFILE',
  'ENFILE',
  'EROFS',
  'EACCES',
  'EPERM',
  'EXDEV',
]);

/**
 * @param stopped the signal that asked for the end, with the call that was cut off
 */
export function asFlightError(
  thrown: unknown,
  stopped: { readonly signal: NodeJS.Signals | null; readonly command: readonly string[] },
): FlightError {
  if (stopped.signal !== null) {
    const { signal } = stopped;
    const command = thrown instanceof CutOff ? thrown.goOn : stopped.command;
    return new FlightError('interrupted', { signal, command }, { cause: thrown });
  }
  if (isFlightError(thrown)) return thrown;
  if (!(thrown instanceof Error)) return new FlightError('bug', { what: String(thrown) });
  const code = textOf(thrown, 'code');
  if (code !== null && diskCodes.has(code)) {
    return new FlightError(
      'disk-failed',
      {
        what: textOf(thrown, 'syscall') ?? 'use',
        path: textOf(thrown, 'path') ?? 'a file',
        reason: thrown.message,
      },
      { cause: thrown },
    );
  }
  const { stack } = thrown;
  const what = `${thrown.name}: ${thrown.message}`;
  return new FlightError('bug', stack === undefined ? { what } : { what, stack }, {
    cause: thrown,
  });
}

function textOf(error: Error, key: string): string | null {
  const value: unknown = Reflect.get(error, key);
  return typeof value === 'string' ? value : null;
}
