// The landing order against brute force: of all orders there are, none has fewer sessions that
// meet a clash for sure, and of those none has fewer that perhaps meet one.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Clashes, Verdict } from '../../src/integration/clash/model.ts';
import { landingOrder } from '../../src/integration/clash/order.ts';
import { parseSessionName, sessionKey, type SessionKey } from '../../src/sessions/name.ts';
import { trusted } from '../../src/kernel/brand.ts';

type Graph = Pick<Clashes, 'pairs' | 'base'>;

const keyOf = (at: number): SessionKey => sessionKey(parseSessionName(`s${at}`));
const keysOf = (many: number): SessionKey[] => Array.from({ length: many }, (_, at) => keyOf(at));

function graphOf(many: number, pairs: readonly Verdict[], base: readonly Verdict[]): Graph {
  const keys = keysOf(many);
  let at = 0;
  return {
    pairs: keys.flatMap((a, one) =>
      keys.slice(one + 1).map((b) => ({ a, b, verdict: pairs[at++] ?? 'clear', paths: [] })),
    ),
    base: keys.map((key, one) => ({
      key,
      base: trusted('main'),
      verdict: base[one] ?? 'clear',
      paths: [],
    })),
  };
}

/** How many meet a clash for sure, and how many of the others perhaps. */
function met(order: readonly SessionKey[], graph: Graph): readonly [number, number] {
  const between = (a: SessionKey, b: SessionKey): Verdict =>
    graph.pairs.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a))
      ?.verdict ?? 'clear';
  let sure = 0;
  let perhaps = 0;
  order.forEach((key, at) => {
    const own = graph.base.find((one) => one.key === key)?.verdict ?? 'clear';
    const all = [own, ...order.slice(0, at).map((before) => between(before, key))];
    if (all.includes('clash')) sure += 1;
    else if (all.includes('unknown')) perhaps += 1;
  });
  return [sure, perhaps];
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, at) =>
    permutations(items.toSpliced(at, 1)).map((rest) => [first, ...rest]),
  );
}

const less = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

const verdicts = fc.constantFrom<Verdict>(
  'clash',
  'clash',
  'touching',
  'clear',
  'clear',
  'unknown',
);
const graphs = (most: number): fc.Arbitrary<{ many: number; graph: Graph }> =>
  fc.integer({ min: 0, max: most }).chain((many) =>
    fc
      .tuple(
        fc.array(verdicts, {
          minLength: (many * (many - 1)) / 2,
          maxLength: (many * (many - 1)) / 2,
        }),
        fc.array(verdicts, { minLength: many, maxLength: many }),
      )
      .map(([pairs, base]) => ({ many, graph: graphOf(many, pairs, base) })),
  );

describe('the landing order', () => {
  test('is a best one: brute force up to six sessions', () => {
    fc.assert(
      fc.property(graphs(6), ({ many, graph }) => {
        const order = landingOrder(keysOf(many), graph);
        expect(order.toSorted()).toEqual(keysOf(many).toSorted());
        const own = met(order, graph);
        for (const other of permutations(keysOf(many))) {
          expect(less(met(other, graph), own)).toBe(false);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is a best one with seven', () => {
    fc.assert(
      fc.property(
        fc.array(verdicts, { minLength: 21, maxLength: 21 }),
        fc.array(fc.constantFrom<Verdict>('clear', 'clear', 'unknown', 'clash'), {
          minLength: 7,
          maxLength: 7,
        }),
        (pairs, base) => {
          const graph = graphOf(7, pairs, base);
          const own = met(landingOrder(keysOf(7), graph), graph);
          const better = permutations(keysOf(7)).find((other) => less(met(other, graph), own));
          expect(better).toBeUndefined();
        },
      ),
      { numRuns: 4 },
    );
  });

  test('stays complete when patience ends, and is never worse than the guess it began with', () => {
    fc.assert(
      fc.property(graphs(12), fc.integer({ min: 0, max: 30 }), ({ many, graph }, patience) => {
        const hasty = landingOrder(keysOf(many), graph, patience);
        expect(hasty.toSorted()).toEqual(keysOf(many).toSorted());
        const guess = met(landingOrder(keysOf(many), graph, 0), graph);
        expect(less(guess, met(hasty, graph))).toBe(false);
      }),
    );
  });
});

describe('ties', () => {
  test('without clashes the order is the one given', () => {
    expect(landingOrder(keysOf(5), graphOf(5, [], []))).toEqual(keysOf(5));
  });

  test('of two that clash the older one comes first', () => {
    expect(landingOrder(keysOf(2), graphOf(2, ['clash'], []))).toEqual(keysOf(2));
  });

  test('one that clashes with its base meets a clash anyway, and comes last', () => {
    const order = landingOrder(keysOf(3), graphOf(3, ['clash', 'clear', 'clear'], ['clash']));
    expect(order).toEqual([keyOf(1), keyOf(2), keyOf(0)]);
  });

  test('one in the middle of a star comes last', () => {
    // 0 clashes with all others
    const order = landingOrder(keysOf(4), graphOf(4, ['clash', 'clash', 'clash'], []));
    expect(order).toEqual([keyOf(1), keyOf(2), keyOf(3), keyOf(0)]);
  });

  test('what perhaps clashes comes after what does not', () => {
    const order = landingOrder(keysOf(3), graphOf(3, ['unknown', 'clear', 'clear'], []));
    expect(order).toEqual([keyOf(0), keyOf(2), keyOf(1)]);
  });
});

test('two hundred sessions that clash all over the place take no time', () => {
  let seed = 7;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const pairs = Array.from({ length: 19_900 }, (): Verdict =>
    random() < 0.05 ? 'clash' : random() < 0.02 ? 'unknown' : 'clear',
  );
  const order = landingOrder(keysOf(200), graphOf(200, pairs, []));
  expect(new Set(order).size).toBe(200);
});
