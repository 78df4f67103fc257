// Which points of which scenario: all of them in the long suite, one of each step in the default one.
import type { Ready } from './sweep.ts';

/** Not passed by an earlier scenario, and right after a step: before the next it is the same. */
export function firstOfEachStep(ready: Ready, seen: Set<string>): string[] {
  return ready.points.filter((point) => {
    const [name = ''] = point.split('#');
    const counts = name.endsWith(':after') || name === 'manifest.rename:before';
    if (seen.has(name) || !counts) return false;
    seen.add(name);
    return true;
  });
}

/** Right after each step of this scenario, and right before those that none had before. */
export function everyStep(ready: Ready, seen: Set<string>): string[] {
  return ready.points.filter((point) => {
    const fresh = !seen.has(point);
    seen.add(point);
    return fresh || (point.endsWith(':after#1') && !/^(?:lock|manifest)/u.test(point));
  });
}
