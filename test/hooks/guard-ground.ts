// A repository with two sessions, and the question that an agent asks before an edit.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEdit, type EditAnswer, type EditAsked } from '../../src/agents/before-edit.ts';
import { writeTouched, type TouchedEntry } from '../../src/integration/clash/write-touched.ts';
import { projectConfigFile } from '../../src/sessions/settings-place.ts';
import { makeRepo, temporaryFolder, type TestRepo } from '../support/repo.ts';

export const now = new Date(2026, 10, 22, 15, 30);
export const seen = new Date(2026, 10, 22, 14, 2);
export const nothing: EditAnswer = { kind: 'silent' };

export interface Ground {
  readonly repo: TestRepo;
  readonly env: Readonly<Record<string, string>>;
  readonly auth: string;
  readonly billing: string;
  /** what an edit of `path` by somebody in `cwd` is answered */
  readonly edit: (cwd: string, path: string, more?: Partial<EditAsked>) => Promise<EditAnswer>;
  /** the same as text; nothing for silence */
  readonly said: (cwd: string, path: string) => Promise<string>;
  readonly touch: (...entries: readonly TouchedEntry[]) => void;
  /** writes `parallel.guard` into the project's configuration */
  readonly guard: (text: string, root?: string) => void;
}

export function ground(): Ground {
  const repo = makeRepo();
  const [auth, billing] = ['auth', 'billing'].map((name) => repo.addSession(name).worktree);
  if (auth === undefined || billing === undefined) throw new Error('no sessions');
  for (const root of [repo.root, auth, billing]) mkdirSync(join(root, 'src'));
  const env = { XDG_CACHE_HOME: temporaryFolder('cache-'), XDG_CONFIG_HOME: temporaryFolder() };
  const edit: Ground['edit'] = (cwd, path, more = {}) => {
    const input = { cwd, tool_name: 'Edit', tool_input: { file_path: path } };
    return beforeEdit({ agent: 'claude', input, directory: null, env, now, ...more });
  };
  return {
    repo,
    env,
    auth,
    billing,
    edit,
    said: async (cwd, path) => {
      const answer = await edit(cwd, path);
      return answer.kind === 'silent' ? '' : answer.text;
    },
    touch: (...entries) =>
      writeTouched(env, { commonDir: repo.commonDir, observedAt: seen }, entries),
    guard: (text, root = repo.root) => {
      const file = projectConfigFile(root);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
  };
}

export function entry(
  worktree: string,
  paths: readonly string[],
  open: readonly string[] = [],
): TouchedEntry {
  return {
    name: worktree.split('/').at(-1) ?? '',
    worktree: worktree as TouchedEntry['worktree'],
    goals: ['Log in by token'],
    paths,
    uncommitted: new Set(open),
  };
}
