// The files of a checkout, and the operations that install into it.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { AnyOperation } from '../../src/operations/define.ts';
import { operationContext, smallRepository, type SmallRepository } from './small-repository.ts';

export interface Checkout extends SmallRepository {
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  readonly has: (path: string) => boolean;
  /** everything but `.git`: mode and bytes, or where a link leads */
  readonly files: () => Readonly<Record<string, string>>;
  /** the same with the time of the last change */
  readonly times: () => Readonly<Record<string, string>>;
  readonly run: (
    operation: Pick<AnyOperation, 'call'>,
    input?: Readonly<Record<string, unknown>>,
    env?: Record<string, string>,
  ) => Promise<Outcome<unknown>>;
}

export async function checkout(files: Readonly<Record<string, string>> = {}): Promise<Checkout> {
  const repository = await smallRepository();
  const { root } = repository;
  // an empty PATH but for git: no agent of this machine is found
  const bin = dirname(which('git'));
  const env = { ...repository.env, HOME: repository.folder, PATH: bin };
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    ...repository,
    env,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    has: (path) => existsSync(join(root, path)),
    files: () => listing(root, (file) => contentOf(file)),
    times: () => listing(root, (file) => String(lstatSync(file).mtimeMs)),
    run: (operation, input = {}, more = {}) =>
      operation.call(input, operationContext({ ...repository, env: { ...env, ...more } })),
  };
}

function listing(root: string, tell: (file: string) => string): Readonly<Record<string, string>> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path !== '.git' && !path.startsWith('.git/'))
    .toSorted();
  return Object.fromEntries(paths.map((path) => [path, tell(join(root, path))]));
}

function contentOf(file: string): string {
  const stats = lstatSync(file);
  if (stats.isSymbolicLink()) return `link ${readlinkSync(file)}`;
  if (stats.isDirectory()) return 'folder';
  return `${(stats.mode & 0o777).toString(8)} ${readFileSync(file, 'utf8')}`;
}

function which(program: string): string {
  const folder = (process.env['PATH'] ?? '')
    .split(':')
    .find((one) => existsSync(join(one, program)));
  if (folder === undefined) throw new Error(`no ${program}`);
  return join(folder, program);
}

export interface Report {
  readonly agents: readonly string[];
  readonly files: readonly {
    readonly path: string;
    readonly at?: readonly string[];
    readonly did: string;
    readonly why?: string;
  }[];
}

/** What was done, by path (and key). */
export function report(
  outcome: Outcome<unknown>,
): Report & { readonly by: Record<string, string> } {
  if (outcome.kind !== 'done') throw new Error(`a decision: ${outcome.decision.question}`);
  const data = outcome.data as Report;
  return { ...data, by: byPath(data) };
}

export function byPath({ files }: Pick<Report, 'files'>): Record<string, string> {
  return Object.fromEntries(
    files.map(({ path, at, did, why }) => [
      at === undefined ? path : `${path}#${at.join('.')}`,
      why === undefined ? did : `${did}: ${why}`,
    ]),
  );
}
