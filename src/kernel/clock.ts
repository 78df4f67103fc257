/** Time as a dependency: tests set it, operations never read the machine's clock by themselves. */
export interface Clock {
  readonly now: () => Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** `date` as ISO 8601 in UTC with seconds, e.g. `2026-11-22T15:22:00Z`. */
export function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/u, 'Z');
}
