/**
 * The project: one repository, where its main checkout and its sessions live, how it is set up.
 * Opened once per command, read only. Processes: `rev-parse`, `worktree list` only if the main
 * checkout is not plain from the common dir, none otherwise.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { AbsolutePath } from '../kernel/path.ts';
import { absolute, below } from '../kernel/path.ts';
import type { Warning } from '../kernel/outcome.ts';
import { trusted } from '../kernel/brand.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import type { Git } from '../git/git.ts';
import type { BranchName } from '../git/oid.ts';
import { gitText } from '../git/git.ts';
import { openRepository, real, type Repository } from '../git/repository.ts';
import type { SessionName } from './name.ts';
import { checkSessionsDir, loadSettings, type Settings } from './settings.ts';

export interface Project {
  readonly git: Git;
  readonly repository: Repository;
  /** identity: real path of the git common dir */
  readonly commonDir: AbsolutePath;
  /** the main checkout, or the bare repository: where commands are spelled from (`-C`) */
  readonly root: AbsolutePath;
  /** `null` in a bare repository, or where it could not be found out */
  readonly mainCheckout: AbsolutePath | null;
  readonly name: string;
  readonly sessionsDir: AbsolutePath;
  readonly settings: Settings;
  readonly warnings: readonly Warning[];
}

/** Our own folder in the common dir: trash of private git dirs, scratch worktrees. */
export function privateFolder(project: Pick<Project, 'commonDir'>): AbsolutePath {
  return below(project.commonDir, 'flight-rules');
}

/** Where worktrees that left wait. */
export function trashFolder(project: Pick<Project, 'sessionsDir'>): AbsolutePath {
  return below(project.sessionsDir, '.trash');
}

export function manifestFile(project: Pick<Project, 'sessionsDir'>): AbsolutePath {
  return below(project.sessionsDir, '.manifest.json');
}

/** The private git dir behind admin id `adminId`. */
export function adminDir(project: Pick<Project, 'commonDir'>, adminId: string): AbsolutePath {
  return below(project.commonDir, 'worktrees', adminId);
}

/** The file in a private git dir that carries the session's token. */
export function tokenFile(privateDir: AbsolutePath): AbsolutePath {
  return below(privateDir, 'flight-rules', 'token');
}

/** The file beside it that says where the repository is and was. */
export function commonDirsFile(privateDir: AbsolutePath): AbsolutePath {
  return below(privateDir, 'flight-rules', 'common-dirs');
}

/**
 * @param directory where the command was started (after `-C`)
 * @throws FlightError `not-a-repository`, `bad-config`
 */
export async function openProject(
  git: Git,
  directory: AbsolutePath,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Project> {
  const repository = await openRepository(git, directory);
  const mainCheckout = await findMainCheckout(git, repository);
  const root = mainCheckout ?? repository.commonDir;
  const name = basename(root).replace(/(?<=.)\.git$/u, '') || 'project';
  const loaded = await loadSettings({ root: mainCheckout, projectName: name, env });
  const { settings } = loaded;
  const { value: configured, source } = settings.sessionsDir;
  const sessionsDir = await real(
    configured === null
      ? below(absolute(dirname(root)), `${name}-sessions`)
      : absolute(configured, root),
  );
  const { commonDir } = repository;
  const warnings = [
    ...loaded.warnings,
    ...checkSessionsDir(sessionsDir, { commonDir, mainCheckout, source }),
  ];
  return { git, repository, commonDir, root, mainCheckout, name, sessionsDir, settings, warnings };
}

/**
 * The main checkout. Usually the parent of `<root>/.git`; of a submodule and a separate git dir
 * `core.worktree` or the worktree we stand in tells.
 */
async function findMainCheckout(git: Git, repository: Repository): Promise<AbsolutePath | null> {
  const { commonDir, gitDir, worktree } = repository;
  if (worktree !== null && gitDir === commonDir) return worktree;
  const text = await gitText(
    git,
    commonDir,
    [
      'config',
      '--file',
      below(commonDir, 'config'),
      '-z',
      '--get-regexp',
      '^core\\.(bare|worktree)$',
    ],
    { answers: [0, 1] },
  );
  const values = new Map(
    text.split('\0').map((field) => {
      const newline = field.indexOf('\n');
      return [field.slice(0, newline), field.slice(newline + 1)] as const;
    }),
  );
  const configured = values.get('core.worktree');
  if (configured !== undefined) return existing(absolute(configured, commonDir));
  if (values.get('core.bare') === 'true') return null;
  if (basename(commonDir) === '.git') return existing(absolute(dirname(commonDir)));
  return remembered(commonDir);
}

/** A separate git dir does not know its checkout; create writes it down when it stands in it. */
async function remembered(commonDir: AbsolutePath): Promise<AbsolutePath | null> {
  try {
    const path = await readRegularText(mainCheckoutFile({ commonDir }));
    const link = await readRegularText(below(absolute(path), '.git'));
    const target = await real(absolute(link.replace(/^gitdir: /u, '').trimEnd(), absolute(path)));
    return target === commonDir ? absolute(path) : null;
  } catch {
    return null;
  }
}

function mainCheckoutFile(project: Pick<Project, 'commonDir'>): AbsolutePath {
  return below(privateFolder(project), 'main-checkout');
}

/** Writes down where the checkout of a separate git dir is, if we stand in it; else nothing. */
export async function rememberMainCheckout(project: Project): Promise<void> {
  const { mainCheckout, commonDir } = project;
  if (mainCheckout === null || commonDir === below(mainCheckout, '.git')) return;
  const file = mainCheckoutFile(project);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, mainCheckout);
}

/** The branch of session `name`. */
export function branchNameFor(project: Pick<Project, 'settings'>, name: SessionName): BranchName {
  return trusted(project.settings.branchPrefix.value + name);
}

/** The worktree of session `name`, if nothing else was agreed on. */
export function worktreePathFor(
  project: Pick<Project, 'sessionsDir'>,
  name: SessionName,
): AbsolutePath {
  return below(project.sessionsDir, name);
}

async function existing(path: AbsolutePath): Promise<AbsolutePath | null> {
  try {
    return (await stat(path)).isDirectory() ? await real(path) : null;
  } catch {
    return null;
  }
}
