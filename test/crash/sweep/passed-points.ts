// The fault points that a run has passed, each with the how-manieth time it was: a place to die at.
import { readFileSync } from 'node:fs';

/** @param file what `FLIGHT_RULES_FAULT_LOG` named */
export function passedPoints(file: string): string[] {
  const counts = new Map<string, number>();
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((point) => {
      const nth = (counts.get(point) ?? 0) + 1;
      counts.set(point, nth);
      return `${point}#${nth}`;
    });
}
