// A repository with sessions as create would leave them: worktree, branch, token and record, made
// with plain git and our registry, so that the trash is tested without the rest of the product.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import type { Owner } from '../../src/kernel/owner.ts';
import { absolute, type AbsolutePath } from '../../src/kernel/path.ts';
import { openGit } from '../../src/git/git.ts';
import { oid, type BranchName } from '../../src/git/oid.ts';
import { transact } from '../../src/git/refs.ts';
import type { Held } from '../../src/safety/held.ts';
import { putAway } from '../../src/safety/put-away.ts';
import type { SessionFacts } from '../../src/sessions/facts.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import { openProject, tokenFile, type Project } from '../../src/sessions/project.ts';
import { readRegistry, recordChange } from '../../src/sessions/registry.ts';
import type { StoredTrashEntry } from '../../src/sessions/trash-entry.ts';
import { lookAtSession } from './look.ts';

export const owner: Owner = {
  token: 'token-of-the-operation',
  pid: process.pid,
  startTime: '1',
  bootId: 'boot',
  pidNamespace: 'ns',
  host: 'host',
  uid: 0,
  command: 'test',
  since: '2026-11-22T12:00:00Z',
};

export interface TrashRepo {
  readonly root: AbsolutePath;
  readonly project: Project;
  /** git in `folder` (default: the main checkout), answering stdout */
  readonly git: (args: readonly string[], folder?: string) => string;
  /** makes a session as create does and answers its worktree */
  readonly session: (name: string) => Promise<AbsolutePath>;
  readonly facts: (name: string) => Promise<SessionFacts>;
}

export interface RepoOptions {
  readonly format?: 'sha1' | 'sha256';
  readonly folder?: string;
  readonly parent?: string;
  readonly separate?: true;
  readonly sessionsDir?: string;
}

export async function trashRepo(options: RepoOptions = {}): Promise<TrashRepo> {
  const parent = mkdtempSync(join(realpathSync(options.parent ?? inject('runHome')), 'trash-'));
  const root = absolute(join(parent, options.folder ?? 'project'));
  mkdirSync(root, { recursive: true });
  const run = (args: readonly string[], folder: string = root): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const apart = options.separate === true ? [`--separate-git-dir=${parent}/apart.git`] : [];
  run(['init', '-q', `--object-format=${options.format ?? 'sha1'}`, ...apart]);
  write(root, {
    '.gitignore': 'ignored/\n.env\n',
    'a.txt': 'one\n',
    'b.txt': 'two\n',
    'run.sh': '#!/bin/sh\n',
  });
  run(['add', '.']);
  run(['commit', '-qm', 'first']);
  const git = openGit({ env: process.env });
  const opened = await openProject(git, root, process.env);
  const project: Project =
    options.sessionsDir === undefined
      ? opened
      : { ...opened, sessionsDir: absolute(options.sessionsDir) };
  const session = async (name: string): Promise<AbsolutePath> => {
    const path = absolute(join(project.sessionsDir, name));
    const branch = `session/${name}`;
    run(['worktree', 'add', '-q', '--no-track', '-b', branch, path]);
    const admin = absolute(run(['rev-parse', '--absolute-git-dir'], path).trimEnd());
    const token = `token-of-${name}-${process.hrtime.bigint()}`;
    mkdirSync(dirname(tokenFile(admin)), { recursive: true });
    writeFileSync(tokenFile(admin), token);
    const parsed = parseSessionName(name);
    const key = sessionKey(parsed);
    const change = await recordChange(git, project.commonDir, key, null, {
      schema: 1,
      name,
      branch,
      worktree: path,
      adminId: admin.slice(admin.lastIndexOf('/') + 1),
      token,
      state: 'active',
      base: { name: 'main', oid: oid(run(['rev-parse', 'main']).trimEnd()) },
      goals: ['try'],
      startedAt: '2026-11-22T10:00:00Z',
      copied: [],
      carried: [],
    });
    await transact(git, project.commonDir, [change]);
    return path;
  };
  return {
    root,
    project,
    git: run,
    session,
    facts: (name) => lookAtSession(project, name),
  };
}

/** Writes files below `folder`; the folders on the way are made. */
export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

export function append(folder: string, path: string, content: string): void {
  appendFileSync(join(folder, path), content);
}

/** Every file below `folder`, ignored ones too: mode and bytes. */
export function filesOf(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below))
    .toSorted()
    .flatMap((name) => {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = lstatSync(join(folder, path));
      const mode = stat.mode.toString(8);
      if (stat.isDirectory()) return [`${mode} ${path}/`, ...filesOf(folder, path)];
      if (stat.isSymbolicLink()) return [`${mode} ${path} -> ${readlinkSync(join(folder, path))}`];
      return [`${mode} ${path} ${readFileSync(join(folder, path)).toString('base64')}`];
    });
}

/** All that can be seen of a session: its files, what git says of them, its history. */
export function fingerprint(repo: TrashRepo, path: string): Record<string, unknown> {
  const head = repo.git(['rev-parse', 'HEAD'], path);
  return {
    files: filesOf(path),
    status: repo.git(['status', '--porcelain=v2', '--branch', '--ignored'], path),
    index: repo.git(['ls-files', '-s', '-v', '--resolve-undo'], path),
    head,
    log: repo.git(['log', '-g', '--format=%H %gs', 'HEAD'], path),
    stash: repo.git(['stash', 'list'], path),
    private: repo.git(['rev-parse', '--absolute-git-dir'], path),
  };
}

/** What gc does when nobody looks: everything no ref holds is gone. */
export function collectGarbage(repo: TrashRepo): void {
  repo.git(['reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all']);
  repo.git(['gc', '-q', '--prune=now']);
}

export async function registryOf(repo: TrashRepo): ReturnType<typeof readRegistry> {
  return readRegistry(repo.project.git, repo.project.commonDir);
}

export function branchName(text: string): BranchName {
  return text as BranchName;
}

/** When everything in these tests leaves. */
export const at = new Date('2026-11-22T12:00:00Z');
/** What the lock would give. */
export const held = (repo: TrashRepo): Held => ({ git: repo.project.git, owner });

/** Removes a session with its branch. */
export async function abandon(repo: TrashRepo, name: string): Promise<StoredTrashEntry> {
  const facts = await repo.facts(name);
  const options = { strategy: 'abandon', becomes: 'ended', at } as const;
  const { id } = await putAway(repo.project, held(repo), facts, options);
  return entryOf(repo, id);
}

/** Puts the worktree away; branch and record stay. */
export async function keep(repo: TrashRepo, name: string): Promise<StoredTrashEntry> {
  const facts = await repo.facts(name);
  const options = { strategy: 'keep', becomes: 'kept', at } as const;
  const { id } = await putAway(repo.project, held(repo), facts, options);
  return entryOf(repo, id);
}

export async function entryOf(repo: TrashRepo, id: string): Promise<StoredTrashEntry> {
  const found = (await registryOf(repo)).trash.find((stored) => stored.entry.id === id);
  if (found === undefined) throw new Error(`no entry ${id}`);
  return found;
}
