/**
 * One example of each error's data, from which the reference shows how the error reads. Held
 * complete by its type, and every sentence made of it is tested.
 */
import type { ErrorCode, ErrorData } from '../../kernel/errors.ts';

const root = '/home/me/code/my-project';
const sessions = '/home/me/code/my-project-sessions';
const name = 'auth-jwt';
const worktree = `${sessions}/${name}`;
const branch = `session/${name}`;
const oid = '9a562de0c1f4b7a3d8e2f6051b9c4d7e8a3f2b10';
const holder = { pid: 31909, command: 'claude', since: '2026-11-22T14:02:00Z' };

export const samples: { readonly [C in ErrorCode]: ErrorData<C> } = {
  usage: {
    detail: '--strategy: expected one of pr, merge, keep, abandon.',
    command: ['parallel', 'remove'],
  },
  'bad-config': {
    file: `${root}/.flight-rules/config.json`,
    path: 'parallel.keepDays',
    problem: 'expected a number, and found "seven".',
  },
  'not-a-repository': { directory: '/home/me' },
  'no-commits': { root },
  'git-missing': { why: 'git is not on PATH' },
  'git-too-old': { found: '2.34.1', needed: '2.38', program: '/usr/bin/git' },
  'git-failed': {
    argv: ['worktree', 'list', '--porcelain', '-z'],
    cwd: root,
    exit: 128,
    signal: null,
    stderr: 'fatal: bad config line 3 in file .git/config',
  },
  'git-timeout': { argv: ['push', 'origin'], cwd: root, milliseconds: 600_000 },
  'disk-failed': { what: 'write', path: `${sessions}/.manifest.json`, reason: 'no space left' },
  'not-writable': { folders: [`${root}/.git`, sessions], command: ['parallel', 'create', name] },
  busy: { holder, token: '4f1c2d7a', command: ['parallel', 'create', name] },
  bug: { what: 'TypeError: x is not a function' },
  interrupted: { signal: 'SIGINT', command: ['parallel', 'create', name] },
  'demo-failed': {
    step: 'A finished session is merged',
    expected: 'the state of the main checkout to be ""',
    saw: '" M README.md"',
    folder: null,
  },
  'bad-name': { name: 'auth jwt', rule: 'a space is not allowed', suggestion: 'auth-jwt' },
  'no-such-session': { name: 'auth', known: [name, 'api-limits'] },
  'name-taken': { name: 'session', by: 'branch session/session', why: 'is in the way' },
  'session-differs': { name, what: 'base', recorded: 'main', asked: 'release' },
  'session-not-open': { name, state: 'kept', restore: ['parallel', 'restore', name] },
  'branch-without-session': { name, branch },
  'session-busy': {
    name,
    operation: 'creating',
    holder,
    token: '4f1c2d7a',
    command: ['parallel', 'remove', name],
  },
  'not-ours': { name, why: `the token in ${root}/.git/worktrees/${name} differs` },
  'broken-record': { name, why: 'it is no JSON' },
  'no-worktree': { name, state: 'kept' },
  'session-moved': { name, from: `${root}-sessions/${name}`, to: `/elsewhere/${name}` },
  'carry-impossible': { why: 'these files have unresolved conflicts:', paths: ['src/login.ts'] },
  'manifest-newer': { file: `${sessions}/.manifest.json`, version: '2' },
  'manifest-foreign': { file: `${sessions}/.manifest.json`, repository: '/home/me/other/.git' },
  'sessions-dir-missing': { directory: sessions, names: [name, 'api-limits'] },
  'in-trash': { directory: `${sessions}/.trash/${name}-1`, id: `${name}~1`, name },
  'not-adoptable': { path: '/home/me/fix-typo', why: 'its HEAD is detached' },
  'worktree-inside': { name, worktrees: [`${worktree}/fix-typo`] },
  locked: { name, worktree, reason: 'on a removable disk' },
  'in-use': { name, by: [holder], command: ['parallel', 'remove', name, '--strategy', 'keep'] },
  'uncommitted-work': { name, worktree, count: 2, paths: ['src/login.ts', 'notes.txt'] },
  'operation-in-progress': { name, worktree, operation: 'rebase' },
  'head-elsewhere': { name, worktree, branch, head: 'main' },
  'nested-work': { name, repositories: [`${worktree}/vendor/tool`] },
  'submodule-work': { name, paths: [`${worktree}/lib`] },
  'unknown-state': { name, what: 'the uncommitted changes', why: 'git status ended by SIGKILL' },
  'plan-changed': { name, what: 'The branch' },
  'partly-done': { what: 'Cleaning up', failed: [name] },
  'objects-missing': { branch, oids: [oid] },
  'branch-in-use': { name, branch, worktree: '/home/me/fix-typo' },
  conflicts: { name, base: 'main', worktree, paths: ['src/login.ts'] },
  'base-gone': { name, base: 'develop' },
  'base-busy': { base: 'main', worktree: root, why: 'a rebase is in progress there' },
  'files-in-the-way': { base: 'main', worktree: root, paths: ['src/login.ts'] },
  'not-fast-forward': { name, base: 'main' },
  'cannot-rebase': { name, why: 'there are merge commits among them' },
  'submodule-unreachable': { name, paths: ['lib'] },
  'hook-failed': { hook: 'pre-commit', exit: 1, output: 'src/login.ts: unused variable.' },
  'verify-failed': { command: 'npm test', exit: 1, output: '2 tests failed.', timedOut: false },
  untrusted: { kind: 'verify', commands: ['npm test'] },
  'trust-needs-a-person': { why: 'there is no terminal' },
  'sign-failed': { why: 'gpg failed to sign the data' },
  'no-identity': { why: 'user.email is not set' },
  'no-remote': { name, why: 'the repository has none' },
  'no-forge': { name, why: 'gh is not logged in to github.com', program: 'gh' },
  'push-failed': { name, remote: 'origin', stderr: 'The remote rejected it (pre-receive hook)' },
  'forge-failed': {
    name,
    program: 'gh',
    exit: 1,
    output: 'GraphQL: No commits between main and session/auth-jwt.',
    pushed: true,
  },
  'branch-gone': { name, branch },
  'landed-not-removed': {
    name,
    into: 'main',
    oid,
    why: 'Could not write the manifest: no space left.',
  },
  'not-in-trash': { what: 'auth', known: [`${name}~1`] },
  'restore-taken': { id: `${name}~1`, what: worktree, suggestion: `${name}-2` },
  'restore-clash': { id: `${name}~1`, paths: ['src/login.ts'] },
  'restore-incomplete': { id: `${name}~1`, why: `${worktree} is not what was put there` },
  'install-record-unreadable': {
    file: `${root}/.flight-rules/installed.json`,
    why: 'it is not JSON',
  },
  'install-incomplete': {
    problems: [{ path: '.mcp.json', why: 'it is not JSON' }],
    command: ['init', '--agents', 'claude'],
  },
};
