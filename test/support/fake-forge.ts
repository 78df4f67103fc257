// A stand-in for gh or glab on PATH: answers as it is told to, and writes down how it was called.
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ForgeSetting } from '../../src/forge/program.ts';
import type { SmallRepository } from './small-repository.ts';

export interface FakeAnswer {
  readonly exit?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** never ends, nor does the child it starts */
  readonly hang?: boolean;
  /** it ends, but leaves a child behind that keeps its output open, out of reach of its group */
  readonly leave?: boolean;
  /** so many bytes after `stdout` */
  readonly flood?: number;
}

export interface FakeCall {
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** @param answers by the first two or three arguments, e.g. `pr create` */
export async function fakeForge(
  folder: string,
  program: 'gh' | 'glab',
  answers: Readonly<Record<string, FakeAnswer>>,
): Promise<{
  readonly bin: string;
  readonly calls: () => Promise<readonly FakeCall[]>;
  /** where a hanging one writes the pid of its child */
  readonly childFile: string;
}> {
  const bin = join(folder, 'bin');
  const log = join(folder, `${program}.calls`);
  const childFile = join(folder, `${program}.child`);
  await mkdir(bin, { recursive: true });
  const source = `#!${process.execPath}
const fs = require('node:fs');
const argv = process.argv.slice(2);
const answers = ${JSON.stringify(answers)};
const called = (words) => answers[argv.slice(0, words).join(' ')];
const answer = called(3) ?? called(2) ?? { exit: 97, stderr: 'unexpected' };
const stdin = fs.readFileSync(0, 'utf8');
fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ argv, stdin, cwd: process.cwd(), env: process.env }) + '\\n');
if (answer.hang) {
  const child = require('node:child_process').spawn('sleep', ['300'], { stdio: 'inherit' });
  fs.writeFileSync(${JSON.stringify(childFile)}, String(child.pid) + '\\n');
  setInterval(() => undefined, 1000);
} else {
  if (answer.leave) {
    const child = require('node:child_process').spawn('sleep', ['300'], { stdio: 'inherit', detached: true });
    fs.writeFileSync(${JSON.stringify(childFile)}, String(child.pid) + '\\n');
    child.unref();
  }
  process.stdout.write((answer.stdout ?? '') + 'x'.repeat(answer.flood ?? 0));
  process.stderr.write(answer.stderr ?? '');
  process.exitCode = answer.exit ?? 0;
}
`;
  await writeFile(join(bin, program), source);
  await chmod(join(bin, program), 0o755);
  const calls = async (): Promise<readonly FakeCall[]> => {
    const text = await readFile(log, 'utf8').catch(() => '');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as FakeCall);
  };
  return { bin, calls, childFile };
}

/** Answers of programs with which all goes well. */
export const ghUrl = 'https://github.example/o/r/pull/7';
export const glabUrl = 'https://gitlab.example/o/r/-/merge_requests/12';
export const ghFine: Record<string, FakeAnswer> = {
  'auth status': {},
  'pr list': { stdout: '[]' },
  'pr create': { stdout: `${ghUrl}\n`, stderr: 'Creating pull request\n' },
};
export const glabFine: Record<string, FakeAnswer> = {
  'auth status': {},
  'mr list': { stdout: '[]' },
  'mr create': { stdout: `\nCreating\n\n!12 title (session/auth)\n ${glabUrl}\n\n` },
};

/** What they print of the open pull request 7 and merge request 12. */
export const ghView = {
  number: 7,
  title: 'Sign in',
  state: 'OPEN',
  isDraft: false,
  statusCheckRollup: [],
  reviewDecision: '',
  latestReviews: [],
  mergedAt: null,
  mergeCommit: null,
};
export const glabView = {
  iid: 12,
  title: 'Sign in',
  state: 'opened',
  draft: false,
  head_pipeline: { status: 'success' },
  detailed_merge_status: 'mergeable',
};

/** What a forge program is looked for with, in `repository`, where `bin` is the whole PATH. */
export const forgeSetting = (
  repository: SmallRepository,
  bin: string,
  url: string,
  more: Partial<ForgeSetting> = {},
): ForgeSetting => ({
  name: 'auth',
  directory: repository.root,
  avoid: [repository.root],
  env: { ...repository.env, PATH: bin },
  url,
  ...more,
});
