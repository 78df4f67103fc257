/**
 * Is a git process at work in a repository right now, whoever started it? By working directory,
 * command line and environment (macOS: by working directory alone). Elsewhere nobody can tell,
 * and `unknown` refuses.
 */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  allPids,
  argumentsOf,
  directoryOf,
  environmentOf,
  lookAtProcess,
  processesWithLsof,
  programOf,
} from '../kernel/process-look.ts';
import { absolute, isWithin } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import { real } from '../git/repository.ts';
import type { Project } from '../sessions/project.ts';

/** The repository asked about. */
export type Place = Pick<Project, 'commonDir' | 'mainCheckout'>;

export type GitAtWork =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'somebody'; readonly pid: number; readonly command: string }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * These never hold a lock file: they read, or serve. A `git log` in a pager stays for hours, and
 * our own waiting commands and other people's `status` come and go all the time.
 */
const harmless = new Set([
  'log',
  'show',
  'blame',
  'grep',
  'cat-file',
  'for-each-ref',
  'rev-list',
  'rev-parse',
  'ls-files',
  'ls-tree',
  'hash-object',
  'shortlog',
  'help',
  'fsmonitor--daemon',
]);

export async function gitAtWork(project: Place): Promise<GitAtWork> {
  if (process.platform === 'darwin') return askLsof(project);
  const pids = await allPids();
  if (pids === null) return { kind: 'unknown', why: 'the processes at work cannot be listed here' };
  const places = await worktreesOf(project);
  let unknown: GitAtWork | null = null;
  for (const pid of pids) {
    const program = await programOf(pid);
    if (program.kind === 'gone') continue;
    if (program.kind === 'unreadable') {
      unknown = { kind: 'unknown', why: `process ${pid} cannot be looked at` };
      continue;
    }
    if (!/^git(?:-|$)/u.test(program.value)) continue;
    const line = await argumentsOf(pid);
    const args = line.kind === 'read' ? line.value : [];
    if (harmless.has(subcommand(args))) continue;
    const command = args.join(' ') || program.value;
    switch (await worksIn(pid, args, places)) {
      case 'yes':
        return { kind: 'somebody', pid, command };
      case 'unknown':
        unknown = { kind: 'unknown', why: `process ${pid} (${command}) may be at work here` };
        break;
      case 'no':
        break;
    }
  }
  return unknown ?? { kind: 'nobody' };
}

async function askLsof(project: Place): Promise<GitAtWork> {
  const gits = await processesWithLsof('git');
  if (gits === null) return { kind: 'unknown', why: 'lsof cannot be asked who is at work here' };
  const places = await worktreesOf(project);
  const isHere = (directory: string): boolean => places.some((place) => isWithin(directory, place));
  const here = gits.find((one) => one.directory !== null && isHere(one.directory));
  if (here !== undefined) return { kind: 'somebody', pid: here.pid, command: here.program };
  const hidden = gits.find((one) => one.directory === null);
  return hidden === undefined
    ? { kind: 'nobody' }
    : { kind: 'unknown', why: `process ${hidden.pid} (${hidden.program}) may be at work here` };
}

async function worksIn(
  pid: number,
  args: readonly string[],
  places: readonly string[],
): Promise<'yes' | 'no' | 'unknown'> {
  const cwd = await directoryOf(pid);
  const environment = await environmentOf(pid);
  const look = await lookAtProcess(pid);
  if (look.kind === 'none' || (look.kind === 'process' && look.zombie)) return 'no';
  if (cwd.kind === 'unreadable' || environment.kind === 'unreadable') return 'unknown';
  if (cwd.kind === 'gone' || environment.kind === 'gone') return 'no';
  // `--git-dir` and GIT_DIR name a repository from anywhere
  const named = [...args, ...environment.value.filter((entry) => entry.startsWith('GIT_'))];
  const here = places.some(
    (place) => isWithin(cwd.value, place) || named.some((text) => text.includes(place)),
  );
  return here ? 'yes' : 'no';
}

/** The first argument that is no option of git itself. */
function subcommand(args: readonly string[]): string {
  for (let at = 1; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) return word;
    if (/^(?:-c|-C|--git-dir|--work-tree|--namespace|--exec-path)$/u.test(word)) at += 1;
  }
  return '';
}

/** The common dir, the main checkout and all linked worktrees; real paths. */
async function worktreesOf({ commonDir, mainCheckout }: Place): Promise<string[]> {
  const places: string[] = mainCheckout === null ? [commonDir] : [commonDir, mainCheckout];
  const ids = await readdir(join(commonDir, 'worktrees')).catch(() => []);
  for (const id of ids) {
    const folder = absolute(join(commonDir, 'worktrees', id));
    const link = await readRegularText(join(folder, 'gitdir')).catch(() => '');
    if (link !== '') places.push(dirname(await real(absolute(link.trimEnd(), folder))));
  }
  return places;
}
