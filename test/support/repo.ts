// A real repository in a temporary folder, with sessions made by hand exactly as the records
// describe them. It knows nothing of the operations under test.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openGit, type Git } from '../../src/git/git.ts';
import { oid, parseBranchName, type BranchName, type Oid } from '../../src/git/oid.ts';
import { listWorktrees, type Worktree } from '../../src/git/worktrees.ts';
import { absolute, below, type AbsolutePath } from '../../src/kernel/path.ts';
import type { SessionFacts } from '../../src/sessions/facts.ts';
import { parseSessionName, sessionKey } from '../../src/sessions/name.ts';
import {
  adminDir,
  commonDirsFile,
  openProject,
  privateFolder,
  tokenFile,
  type Project,
} from '../../src/sessions/project.ts';
import { formatRecord, parseRecord, type SessionRecord } from '../../src/sessions/record.ts';

export interface TestSession {
  readonly name: string;
  readonly branch: BranchName;
  readonly worktree: AbsolutePath;
  readonly privateDir: AbsolutePath;
  readonly token: string;
  /** git in the worktree; stdout without its last newline */
  readonly git: (...args: readonly string[]) => string;
  readonly write: (path: string, content: string) => string;
  readonly commit: (path: string, content: string) => Oid;
}

export interface TestRepo {
  /** main checkout; real path */
  readonly root: AbsolutePath;
  readonly commonDir: AbsolutePath;
  readonly port: Git;
  readonly git: (...args: readonly string[]) => string;
  /** writes a file (and its folders) below the main checkout; answers its path */
  readonly write: (path: string, content: string) => string;
  readonly commit: (path: string, content: string) => Oid;
  readonly addSession: (name: string) => TestSession;
  readonly project: () => Promise<Project>;
  readonly worktrees: () => Promise<Worktree[]>;
  /** what is known of a session now, read from git and the record */
  readonly facts: (name: string) => Promise<SessionFacts>;
}

/** Runs git in `cwd` with the environment of the tests; stdout without its last newline. */
export function gitIn(cwd: string, ...args: readonly string[]): string {
  const output = execFileSync('git', [...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  });
  return output.replace(/\n$/u, '');
}

/** Writes `content` to `path` below `folder`, making the folders between; answers the path. */
export function writeIn(folder: string, path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** Writes one file, commits it and nothing else; answers the commit. */
export function commitIn(folder: string, path: string, content: string): Oid {
  writeIn(folder, path, content);
  gitIn(folder, 'add', '--', path);
  gitIn(folder, 'commit', '-q', '-m', `change ${path}`, '--', path);
  return oid(gitIn(folder, 'rev-parse', 'HEAD'));
}

/** A folder that goes when the test ends. Its real path. */
export function temporaryFolder(prefix = 'repo-'): AbsolutePath {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return absolute(folder);
}

/** A new repository `project` with one commit on `main`; it goes when the test ends. */
export function makeRepo(): TestRepo {
  const root = below(temporaryFolder(), 'project');
  mkdirSync(root);
  gitIn(root, 'init', '-q', '-b', 'main');
  commitIn(root, 'README.md', 'a project\n');
  const commonDir = below(root, '.git');
  const port = openGit({ env: process.env });
  const project = (): Promise<Project> => openProject(port, root, process.env);
  return {
    root,
    commonDir,
    port,
    git: (...args) => gitIn(root, ...args),
    write: (path, content) => writeIn(root, path, content),
    commit: (path, content) => commitIn(root, path, content),
    addSession: (name) => addSession(root, commonDir, name),
    project,
    worktrees: () => listWorktrees(port, commonDir),
    facts: async (name) => sessionFacts(root, name, await listWorktrees(port, commonDir)),
  };
}

function branchName(text: string): BranchName {
  const branch = parseBranchName(text);
  if (branch === null) throw new TypeError(`no branch name: ${text}`);
  return branch;
}

function recordRef(name: string): string {
  return `refs/flight-rules/sessions/${sessionKey(parseSessionName(name))}`;
}

function addSession(root: AbsolutePath, commonDir: AbsolutePath, name: string): TestSession {
  const branch = branchName(`session/${name}`);
  const worktree = absolute(join(`${root}-sessions`, name));
  const base = gitIn(root, 'rev-parse', 'main');
  gitIn(root, 'worktree', 'add', '-q', '--no-track', '-b', branch, worktree, 'main');
  const privateDir = absolute(gitIn(worktree, 'rev-parse', '--absolute-git-dir'));
  const token = randomUUID();
  mkdirSync(dirname(tokenFile(privateDir)), { recursive: true });
  writeFileSync(tokenFile(privateDir), `${token}\n`);
  const home = 'test-home';
  mkdirSync(privateFolder({ commonDir }), { recursive: true });
  writeFileSync(below(privateFolder({ commonDir }), 'home'), `${home}\n`);
  writeFileSync(commonDirsFile(privateDir), commonDir);
  const record: SessionRecord = {
    schema: 1,
    home,
    name,
    branch,
    worktree,
    adminId: basename(privateDir),
    token,
    state: 'active',
    base: { name: 'main', oid: base },
    goals: [],
    startedAt: '2026-11-22T15:22:00Z',
    copied: [],
    carried: [],
  };
  const blob = execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: commonDir,
    encoding: 'utf8',
    input: formatRecord(record),
  }).trim();
  gitIn(root, 'update-ref', recordRef(name), blob, '');
  return {
    name,
    branch,
    worktree,
    privateDir,
    token,
    git: (...args) => gitIn(worktree, ...args),
    write: (path, content) => writeIn(worktree, path, content),
    commit: (path, content) => commitIn(worktree, path, content),
  };
}

function sessionFacts(
  root: AbsolutePath,
  name: string,
  worktrees: readonly Worktree[],
): SessionFacts {
  const read = parseRecord(Buffer.from(gitIn(root, 'cat-file', 'blob', recordRef(name))));
  if (read.kind === 'broken') throw new TypeError(`record of ${name}: ${read.why}`);
  const { record } = read;
  const adminId = record.adminId ?? '';
  const privateDir = adminDir({ commonDir: below(root, '.git') }, adminId);
  const worktree = worktrees.find((one) => one.adminId === adminId);
  const present =
    worktree !== undefined && existsSync(worktree.path) && tokenAt(privateDir) === record.token;
  const branch = branchName(record.branch);
  return {
    key: sessionKey(parseSessionName(name)),
    name,
    recordOid: oid(gitIn(root, 'rev-parse', recordRef(name))),
    record,
    broken: null,
    branch,
    branchTip: tip(root, branch),
    baseTip: tip(root, record.base.name),
    place: present
      ? {
          kind: 'present',
          path: worktree.path,
          adminId,
          privateDir,
          locked: worktree.locked,
          head: worktree.head,
          branch: worktree.branch,
        }
      : {
          kind: 'gone',
          adminId: worktree === undefined ? null : adminId,
          privateDir: worktree === undefined ? null : privateDir,
          locked: worktree?.locked ?? null,
        },
    health: present ? 'ok' : 'orphaned',
    ownerDead: null,
  };
}

function tokenAt(privateDir: AbsolutePath): string | null {
  try {
    return readFileSync(tokenFile(privateDir), 'utf8').trim();
  } catch {
    return null;
  }
}

function tip(root: AbsolutePath, branch: string): Oid | null {
  const found = gitIn(root, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
  return found === '' ? null : oid(found);
}
