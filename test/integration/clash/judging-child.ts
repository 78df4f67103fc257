// A process of its own that judges the clashes of the sessions it is given as JSON (worktree and
// private git dir), and says how many pairs it has judged. It is there to be killed.
import { openGit } from '../../../src/git/git.ts';
import { oid, parseBranchName, type BranchName } from '../../../src/git/oid.ts';
import { readStatus } from '../../../src/git/status.ts';
import { judgeClashes } from '../../../src/integration/clash/judge.ts';
import type { Participant } from '../../../src/integration/clash/model.ts';
import { absolute } from '../../../src/kernel/path.ts';
import { parseSessionName, sessionKey } from '../../../src/sessions/name.ts';
import { openProject } from '../../../src/sessions/project.ts';

const [root = '', ...sessions] = process.argv.slice(2);
const git = openGit({ env: process.env });
const project = await openProject(git, absolute(root), {});
const branch = (text: string): BranchName => {
  const parsed = parseBranchName(text);
  if (parsed === null) throw new TypeError(text);
  return parsed;
};
const participants = await Promise.all(
  sessions.map(async (text): Promise<Participant> => {
    const [name = '', tip = '', worktree = '', privateDir = ''] = text.split('|');
    return {
      key: sessionKey(parseSessionName(name)),
      name,
      branch: branch(`session/${name}`),
      tip: oid(tip),
      base: { name: branch('main'), tip: oid(tip) },
      worktree: { path: absolute(worktree), privateDir: absolute(privateDir) },
      status: await readStatus(git, worktree),
    };
  }),
);
const { pairs } = await judgeClashes(project, participants);
process.stdout.write(`judged ${pairs.length}\n`);
