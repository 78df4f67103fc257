// Which points of which scenario: all of them in the long suite, a few in the default one.
import type { Ready } from './sweep.ts';

/** So many of each scenario, from its beginning to its end; none that an earlier one had. */
export function few(count: number): (ready: Ready, seen: Set<string>) => string[] {
  return (ready, seen) => {
    const fresh = firstOfEachStep(ready, new Set(seen));
    const share = (index: number): number => Math.floor((index * count) / fresh.length);
    const picked = fresh.filter((_, index) => share(index + 1) > share(index));
    for (const point of picked) seen.add(point.replace(/#.*$/u, ''));
    return picked;
  };
}

/** Not passed by an earlier scenario, and right after a step: before the next it is the same. */
function firstOfEachStep(ready: Ready, seen: Set<string>): string[] {
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
  const fresh = new Set(eachOnce(ready, seen));
  return ready.points.filter(
    (point) =>
      fresh.has(point) || (point.endsWith(':after#1') && !/^(?:lock|manifest|write)/u.test(point)),
  );
}

/**
 * Each point that no earlier scenario had, but for those right before a step that begins where
 * the last one ended: there everything is as it was right after that one.
 * FLIGHT_RULES_EVERY_POINT=1: these, too.
 */
export function eachOnce(ready: Ready, seen: Set<string>): string[] {
  const all = process.env['FLIGHT_RULES_EVERY_POINT'] === '1';
  return ready.points.filter((point, index) => {
    const fresh = !seen.has(point);
    seen.add(point);
    const last = ready.points[index - 1] ?? '';
    return fresh && (all || !(point.includes(':before#') && last.includes(':after#')));
  });
}
