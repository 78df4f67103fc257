// A table of operations that do what a face must bear: ask, refuse, break, stall, answer at length.
import * as z from 'zod/mini';
import { FlightError } from '../../src/kernel/errors.ts';
import { done, undecided } from '../../src/kernel/outcome.ts';
import { ours, theirs } from '../../src/kernel/suggestion.ts';
import { absolute } from '../../src/kernel/path.ts';
import { defineOperation, type AnyOperation } from '../../src/operations/define.ts';
import type { OperationEntry } from '../../src/operations/index.ts';

const anything = z.looseObject({});
const base = { summary: 'A toy', description: 'For tests.', output: anything, examples: [] };

const echo = defineOperation({
  ...base,
  name: 'toy echo',
  effect: 'read',
  input: z.object({
    name: z.string(),
    goals: z.optional(z.array(z.string())),
    title: z.optional(z.string().check(z.maxLength(20, 'is too long'))),
    strategy: z.optional(z.string()),
    yes: z.optional(z.boolean()),
    command: z.optional(z.array(z.string())),
    aside: z.optional(z.union([z.string(), z.literal(true)])),
    words: z.optional(z.string()),
  }),
  flags: {
    name: { about: 'the name', positional: 'one' },
    goals: { about: 'a goal', value: 'T', flag: 'goal', repeatable: true },
    title: { about: 'a title', value: 'T' },
    strategy: { about: 'a way', value: 'WAY', choices: ['keep', 'merge'] },
    yes: { about: 'agree', alias: '--force' },
    command: { about: 'what to run', positional: 'rest' },
    aside: { about: 'elsewhere', value: 'PLACE', optionalValue: true },
    words: { about: 'a text', value: 'T', face: 'mcp' },
  },
  run: (input, context) => {
    context.progress('echoing');
    // twice, as what is asked before and under the lock is: it is shown once
    context.warn({ code: 'toy', message: 'only a toy' });
    context.warn({ code: 'toy', message: 'only a toy' });
    const { directory, commandLine, breakLock, interactive } = context;
    const spelled = context.spell(['toy', 'echo', 'x']);
    return Promise.resolve(
      done(
        { input, directory, commandLine, breakLock, interactive, spelled },
        { next: [ours(['toy', 'echo', 'x'], 'again'), ours(['toy', 'lacking'], 'not there')] },
      ),
    );
  },
});

const ask = defineOperation({
  ...base,
  name: 'toy ask',
  effect: 'change',
  input: z.object({ way: z.optional(z.string()) }),
  flags: { way: { about: 'the way', value: 'WAY' } },
  run: ({ way }, context) => {
    context.located(absolute('/some/root'));
    if (way !== undefined) return Promise.resolve(done({ took: way }));
    const choice = { effect: 'does it', undo: 'undoes it', available: true };
    return Promise.resolve(
      undecided(
        {
          id: 'way',
          question: 'Which way?',
          facts: { ahead: 3 },
          choices: [
            { ...choice, value: 'left', label: 'Left', args: ['toy', 'ask', '--way', 'left'] },
            {
              ...choice,
              value: 'blocked',
              label: 'Blocked',
              available: false,
              unavailableWhy:
                'a tree fell. It lies across the whole of the way, and nobody has a saw; the next one comes in spring.',
              args: ['toy', 'ask', '--way', 'blocked'],
            },
            {
              ...choice,
              value: 'right',
              label: 'Right',
              recommended: true,
              args: ['toy', 'ask', '--way', "ri'ght"],
            },
          ],
          ifDeclined: 'You stay here.',
        },
        { data: { seen: 'crossing' } },
      ),
    );
  },
});

const open = defineOperation({
  ...base,
  name: 'toy open',
  effect: 'change',
  input: z.object({ goals: z.optional(z.array(z.string())) }),
  flags: { goals: { about: 'a goal', value: 'T', flag: 'goal', repeatable: true } },
  run: ({ goals }) =>
    Promise.resolve(
      goals === undefined
        ? undecided({
            id: 'goals',
            question: 'What for?',
            facts: {},
            choices: [],
            input: {
              flag: '--goal',
              repeatable: true,
              suggestions: ['rest'],
              args: ['toy', 'open'],
            },
            ifDeclined: 'Nothing begun.',
          })
        : done({ goals }),
    ),
});

const big = defineOperation({
  ...base,
  name: 'toy big',
  effect: 'read',
  input: z.object({}),
  flags: {},
  run: () => Promise.resolve(done({ text: 'x'.repeat(5_000_000) })),
});

const slow = defineOperation({
  ...base,
  name: 'toy slow',
  effect: 'change',
  input: z.object({ deaf: z.optional(z.boolean()), finishes: z.optional(z.boolean()) }),
  flags: {
    deaf: { about: 'never stops' },
    finishes: { about: 'is done in spite of the signal' },
  },
  run: (input, context) =>
    new Promise((resolve, reject) => {
      const alive = setInterval(() => undefined, 1_000);
      context.signal.addEventListener('abort', () => {
        context.progress('asked to stop');
        if (input.deaf === true) return;
        clearInterval(alive);
        if (input.finishes === true) resolve(done({ finished: true }));
        else reject(new Error('cut off'));
      });
      context.progress('begun');
    }),
});

const fail = defineOperation({
  ...base,
  name: 'toy fail',
  effect: 'change',
  input: z.object({ how: z.string() }),
  flags: { how: { about: 'how', positional: 'one' } },
  run: async ({ how }) => {
    switch (how) {
      case 'bug':
        throw new TypeError('x is not a function');
      case 'late':
        // an unhandled rejection, while the operation itself never ends
        void Promise.reject(new Error('nobody waited'));
        return new Promise(() => setInterval(() => undefined, 1_000));
      case 'disk':
        throw Object.assign(new Error('ENOSPC: no space left'), {
          code: 'ENOSPC',
          syscall: 'write',
          path: '/some/file',
        });
      default:
        throw new FlightError('in-use', {
          name: how,
          by: [{ pid: 12, command: 'claude' }],
          command: ['toy', 'fail', how],
        });
    }
  },
});

const hints = defineOperation({
  ...base,
  name: 'toy hints',
  effect: 'read',
  input: z.object({}),
  flags: {},
  run: () => Promise.resolve(done({}, { next: [theirs(['git', 'status'], 'looks')] })),
});

function entry(operation: AnyOperation): OperationEntry {
  const { name, summary, effect } = operation;
  return { name, summary, effect, load: () => Promise.resolve(operation) };
}

export const operations: readonly OperationEntry[] = [echo, ask, open, big, slow, fail, hints].map(
  entry,
);
