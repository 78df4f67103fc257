/** Failures of the file system, by the code the system gives them: `ENOENT`, `EACCES`, … */

/** The code of `error`, or its text if it has none. */
export function errorCode(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : String(error);
}

/** True for what the operating system answered, whatever its code. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes(errorCode(error));
}
