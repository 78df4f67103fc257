// Best common ancestors worked out in memory are those that follow from their definition.
import { array, assert, integer, nat, property, tuple, uniqueArray } from 'fast-check';
import { expect, it } from 'vitest';
import { maximalCommon } from '../../src/git/maximal-common.ts';
import { oid, type Oid } from '../../src/git/oid.ts';

const idOf = (at: number): Oid => oid(at.toString(16).padStart(40, '0'));

/** Commit 0 is the root that all have in common; parents have smaller numbers. */
const histories = integer({ min: 1, max: 14 }).chain((size) =>
  tuple(
    tuple(
      ...Array.from({ length: size }, (_, at) =>
        uniqueArray(nat({ max: at }), { minLength: 1, maxLength: 3 }),
      ),
    ),
    array(uniqueArray(nat({ max: size }), { minLength: 1, maxLength: 2 }), {
      minLength: 2,
      maxLength: 5,
    }),
  ),
);

it('answers what the definition says, whatever the history', () => {
  assert(
    property(histories, ([parents, states]) => {
      const ancestors = new Map<number, Set<number>>([[0, new Set([0])]]);
      for (const [at, own] of parents.entries()) {
        const all = new Set([at + 1]);
        for (const parent of own) for (const one of ancestors.get(parent) ?? []) all.add(one);
        ancestors.set(at + 1, all);
      }
      const reach = states.map((heads) => {
        const all = new Set<number>();
        for (const head of heads) for (const one of ancestors.get(head) ?? []) all.add(one);
        return all;
      });
      const best = (sets: readonly Set<number>[]): Set<number> => {
        const [first = new Set<number>(), ...rest] = sets;
        const common = [...first].filter((one) => rest.every((set) => set.has(one)));
        const isBelow = (one: number): boolean =>
          common.some((other) => other !== one && ancestors.get(other)?.has(one) === true);
        return new Set(common.filter((one) => !isBelow(one)));
      };
      const bottoms = best(reach);
      const excluded = new Set([...bottoms].flatMap((one) => [...(ancestors.get(one) ?? [])]));
      const wanted = new Set(reach.flatMap((set) => [...set]));
      const commits = [...parents.entries()]
        .map(([at, own]) => ({ at: at + 1, id: idOf(at + 1), parents: own.map(idOf) }))
        .filter(({ at }) => wanted.has(at) && !excluded.has(at))
        .toReversed();
      const answer = maximalCommon(
        { bottoms: [...bottoms].map(idOf), commits },
        states.map((heads) => heads.map(idOf)),
      );
      for (const [a, left] of reach.entries()) {
        for (const [b, right] of reach.entries()) {
          // two that descend from the very same commits are told by these
          if (states[a]?.join() === states[b]?.join()) continue;
          const said = new Set(answer(a, b));
          expect(said).toEqual(new Set([...best([left, right])].map(idOf)));
        }
      }
    }),
    { numRuns: 300 },
  );
});
