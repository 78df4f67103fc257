/**
 * The shape of a configuration file, as data: what is checked when one is read, and what the
 * JSON Schema for editors (`schemas/config.schema.json`) is generated from. Loaded only if there
 * is a file. Sentences stand here, since they name the rule that was broken.
 */
import * as z from 'zod/mini';
import { parseBranchName } from '../git/oid.ts';
import { guardModes } from './settings-place.ts';

const text = (description: string) =>
  z.string('must be a text').check(
    z.minLength(1, 'must not be empty'),
    // eslint-disable-next-line no-control-regex
    z.regex(/^[^\u0000]*$/u, 'must not contain a NUL character'),
    z.describe(description),
  );

const list = (description: string) =>
  z.array(text('a text'), 'must be a list of texts').check(z.describe(description));

const commands = (description: string) =>
  z
    .union(
      [text('a command line for the shell'), z.array(text('a command line for the shell'))],
      'must be a command or a list of commands, none of them empty',
    )
    .check(z.describe(description));

/** The rule a branch prefix breaks, or `null`. It must set sessions apart from all other branches. */
export function brokenPrefixRule(prefix: string): string | null {
  if (prefix.startsWith('refs/')) return 'must be a branch prefix, not a full ref name';
  if (!/[/_-]$/u.test(prefix)) return 'must end with "/", "-" or "_"';
  if (prefix.length > 100) return 'must not be longer than 100 characters';
  return parseBranchName(`${prefix}x`) === null ? 'makes no valid branch name' : null;
}

export const ParallelSchema = z.object({
  sessionsDir: z.optional(
    text(
      'folder of the sessions; relative to the main checkout; "~" and "{project}" are filled in',
    ),
  ),
  branchPrefix: z.optional(
    text('what the branches of sessions start with, e.g. "session/"').check(
      z.superRefine((prefix, context) => {
        const rule = brokenPrefixRule(prefix);
        if (rule !== null) context.addIssue(rule);
      }),
    ),
  ),
  base: z.optional(
    text('the local branch that sessions start from, if not the one of the main checkout').check(
      z.refine((name) => parseBranchName(name) !== null, 'is no valid branch name'),
    ),
  ),
  keepDays: z.optional(
    z
      .number('must be a whole number of days')
      .check(
        z.multipleOf(1, 'must be a whole number of days'),
        z.gte(1, 'must be at least 1'),
        z.lte(3650, 'must be at most 3650'),
        z.describe('days after which trash counts as expired'),
      ),
  ),
  agent: z.optional(text('the coding agent that sessions are for')),
  verify: z.optional(commands('run on the merged files before work is brought home')),
  guard: z.optional(
    z
      .enum(guardModes, 'must be "advise", "block" or "off"')
      .check(z.describe('what the hook before an edit does with a write that leaves a session')),
  ),
  // settings of features that come later: accepted, so that one file serves every version
  copy: z.optional(list('files to copy into a new session')),
  setup: z.optional(commands('run in a new session to make it ready to work')),
  teardown: z.optional(commands('run before a session leaves')),
  ports: z.optional(
    z
      .looseObject({}, 'must be an object')
      .check(z.describe('ports leased to sessions: base and perSession')),
  ),
});

export const ConfigSchema = z.object(
  {
    $schema: z.optional(z.unknown()),
    parallel: z.optional(z.object(ParallelSchema.shape, 'must be an object')),
  },
  'must be an object',
);

export type Config = z.infer<typeof ConfigSchema>;
