// A git on PATH that hands some calls to a program of the test, and all others to the real one.
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForTest } from '../../support/bundle.ts';
import type { World } from './world.ts';

const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
const bundles = new Map<string, Promise<string>>();

/** What every such program is told. */
export interface Wrapped {
  /** the real git */
  readonly git: string;
  /** one line of JSON for each call it was given */
  readonly log: string;
}

export interface Wrapping {
  /** words that stand in the calls meant, such as `worktree add` */
  readonly calls: readonly string[];
  /** TypeScript file beside this one: started with its plan, then the arguments of git */
  readonly program: string;
  readonly plan: object;
}

/** @returns the folder for PATH */
export async function wrapGit(world: World, { calls, program, plan }: Wrapping): Promise<string> {
  const source = fileURLToPath(new URL(program, import.meta.url));
  const bundle = bundles.get(program) ?? bundleForTest(source);
  bundles.set(program, bundle);
  const bin = join(world.folder, '..', 'git-bin');
  rmSync(bin, { recursive: true, force: true });
  const whole: Wrapped = { git: real, log: join(bin, 'calls.log'), ...plan };
  const patterns = calls.map((words) => `*" ${words} "*`).join('|');
  const text = `#!/bin/sh
case " $* " in
${patterns}) exec '${process.execPath}' '${await bundle}' '${JSON.stringify(whole)}' "$@" ;;
esac
exec '${real}' "$@"
`;
  world.write('../git-bin/git', text);
  chmodSync(join(bin, 'git'), 0o755);
  return bin;
}

/** The calls it was given, in their order. */
export function wrappedCalls<T>(bin: string): T[] {
  const text = readFileSync(join(bin, 'calls.log'), 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as T);
}
