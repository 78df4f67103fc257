/**
 * GitLab's own program. It takes the description as an argument only, which must stay below the
 * limit of one argument (128 kB on Linux).
 *
 * Processes: `glab auth status`, `glab mr list`, `glab mr create`; network. Without `--push` and
 * `--fill` glab pushes nothing.
 */
import * as z from 'zod/mini';
import { answerOf, forgeFailed, type ForgeSetting } from './program.ts';
import { fitBody, fitTitle, printedPullRequest, type Forge } from './pull-request.ts';

const bodyLimit = 100_000;

const ListSchema = z.array(
  z.object({
    web_url: z.string(),
    iid: z.number(),
    target_branch: z.string(),
    source_project_id: z.number(),
    target_project_id: z.number(),
  }),
);

/** Every argument line of ours; a test compares them with the program's own help. */
export const glabArguments = {
  status: (host: string | null) => [
    'auth',
    'status',
    ...(host === null ? [] : [`--hostname=${host}`]),
  ],
  // without a state it lists the open ones
  list: (branch: string) => [
    'mr',
    'list',
    `--source-branch=${branch}`,
    '--per-page=100',
    '--output=json',
  ],
  create: (draft: {
    branch: string;
    base: string;
    title: string;
    body: string;
    draft: boolean;
  }) => [
    'mr',
    'create',
    `--source-branch=${draft.branch}`,
    `--target-branch=${draft.base}`,
    `--title=${draft.title}`,
    // a lone "-" would open an editor
    `--description=${draft.body === '-' ? '-\n' : draft.body}`,
    '--yes',
    ...(draft.draft ? ['--draft'] : []),
  ],
} as const;

/** @param path absolute path of glab */
export function glab(path: string, setting: ForgeSetting): Forge {
  return {
    program: 'glab',
    findOpen: async ({ branch, base, pushed }) => {
      const stdout = await answerOf('glab', path, glabArguments.list(branch), setting, { pushed });
      const list = parseList(stdout);
      if (list === null) {
        const output = 'The list of merge requests could not be read.';
        throw forgeFailed('glab', setting, { exit: 0, output, pushed });
      }
      // somebody else's fork may have a branch of the same name
      const own = list.filter((one) => one.source_project_id === one.target_project_id);
      const found = own.find((one) => one.target_branch === base) ?? own[0];
      return found === undefined ? null : { url: found.web_url, number: found.iid };
    },
    create: async (draft) => {
      const { branch, base, pushed } = draft;
      const args = glabArguments.create({
        branch,
        base,
        title: fitTitle(draft.title, branch),
        body: fitBody(draft.body, bodyLimit),
        draft: draft.draft,
      });
      const stdout = await answerOf('glab', path, args, setting, { pushed });
      const printed = printedPullRequest(stdout);
      if (printed !== null) return printed;
      const output = 'It printed no address of a merge request.';
      throw forgeFailed('glab', setting, { exit: 0, output, pushed });
    },
  };
}

function parseList(stdout: string): z.infer<typeof ListSchema> | null {
  try {
    const parsed = z.nullable(ListSchema).safeParse(JSON.parse(stdout));
    // glab is written in Go, where an empty list may read `null`
    return parsed.success ? (parsed.data ?? []) : null;
  } catch {
    return null;
  }
}
