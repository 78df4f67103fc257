/**
 * GitHub's own program. The body goes in by stdin (`--body-file=-`): an argument has a limit.
 *
 * Processes: `gh auth status`, `gh pr list`, `gh pr create`; network. With `--head` gh neither
 * pushes nor forks.
 */
import * as z from 'zod/mini';
import { answerOf, forgeFailed, type ForgeSetting } from './program.ts';
import { fitBody, fitTitle, printedPullRequest, type Forge } from './pull-request.ts';

/** GitHub refuses more than 65,536 characters. */
const bodyLimit = 65_000;

const ListSchema = z.array(
  z.object({
    url: z.string(),
    number: z.number(),
    baseRefName: z.string(),
    isCrossRepository: z.boolean(),
    headRepositoryOwner: z.nullish(z.object({ login: z.string() })),
  }),
);

const fields = 'url,number,baseRefName,isCrossRepository,headRepositoryOwner';

/** Every argument line of ours; a test compares them with the program's own help. */
export const ghArguments = {
  status: (host: string | null) => [
    'auth',
    'status',
    ...(host === null ? [] : [`--hostname=${host}`]),
  ],
  list: (branch: string) => [
    'pr',
    'list',
    `--head=${branch}`,
    '--state=open',
    '--limit=100',
    `--json=${fields}`,
  ],
  create: (draft: { head: string; base: string; title: string; draft: boolean }) => [
    'pr',
    'create',
    `--head=${draft.head}`,
    `--base=${draft.base}`,
    `--title=${draft.title}`,
    '--body-file=-',
    ...(draft.draft ? ['--draft'] : []),
  ],
} as const;

/** @param path absolute path of gh */
export function gh(path: string, setting: ForgeSetting): Forge {
  return {
    program: 'gh',
    findOpen: async ({ branch, base, owner, pushed }) => {
      const stdout = await answerOf('gh', path, ghArguments.list(branch), setting, { pushed });
      const list = parseList(stdout);
      if (list === null) {
        const output = 'The list of pull requests could not be read.';
        throw forgeFailed('gh', setting, { exit: 0, output, pushed });
      }
      // somebody else's fork may have a branch of the same name
      const own = list.filter((one) => {
        const login = one.headRepositoryOwner?.login.toLowerCase();
        return owner === null || login === undefined
          ? !one.isCrossRepository
          : login === owner.toLowerCase();
      });
      const found = own.find((one) => one.baseRefName === base) ?? own[0];
      return found === undefined ? null : { url: found.url, number: found.number };
    },
    create: async (draft) => {
      const { branch, base, owner, pushed } = draft;
      const args = ghArguments.create({
        head: owner === null ? branch : `${owner}:${branch}`,
        base,
        title: fitTitle(draft.title, branch),
        draft: draft.draft,
      });
      const stdin = fitBody(draft.body, bodyLimit);
      const stdout = await answerOf('gh', path, args, setting, { pushed, stdin });
      const printed = printedPullRequest(stdout);
      if (printed !== null) return printed;
      const output = 'It printed no address of a pull request.';
      throw forgeFailed('gh', setting, { exit: 0, output, pushed });
    },
  };
}

function parseList(stdout: string): z.infer<typeof ListSchema> | null {
  try {
    const parsed = ListSchema.safeParse(JSON.parse(stdout));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
