/**
 * How pull requests stand on their forge, several at once, within one time limit for all of them.
 * Whatever a program does (missing, logged out, hanging, babbling), the answer is `unknown` with
 * the reason: never an error, never a guess.
 *
 * Processes: per address `gh pr view`, or `glab mr view` and `glab api`; network.
 */
import { pooled } from '../kernel/pooled.ts';
import { visible } from '../kernel/visible.ts';
import { viewGh } from './gh-view.ts';
import { parseMergeRequest, viewGlab } from './glab-view.ts';
import { findForgeProgram, runForge, type ForgeProgram, type ForgeSetting } from './program.ts';
import { parsePullRequestUrl } from './pull-request.ts';
import type { PullRequestFacts, SeenPullRequest, ViewAnswer } from './pull-request-state.ts';

/** With the grace before a final kill it is ten seconds in all. */
const limitMs = 8_000;

/** Something that a program leaves running (a keyring, an update) may hold its output open. */
const lingerMs = 500;

/** So many programs at a time: they mostly wait for the network. */
const atOnce = 8;

export interface LookSetting extends Omit<ForgeSetting, 'name' | 'url' | 'timeoutMs' | 'lingerMs'> {
  /** for all together; about ten seconds unless told otherwise */
  readonly limitMs?: number;
}

/**
 * @param urls as recorded; one that is no address is `unknown`, and nothing is run for it
 * @returns in the order of `urls`
 */
export async function lookAtPullRequests(
  urls: readonly string[],
  setting: LookSetting,
): Promise<readonly SeenPullRequest[]> {
  const until = performance.now() + (setting.limitMs ?? limitMs);
  return pooled(urls, atOnce, async (url): Promise<SeenPullRequest> => {
    const seen = await lookAt(url, setting, until);
    return typeof seen === 'string'
      ? { kind: 'unknown', why: seen }
      : { kind: 'seen', facts: seen };
  });
}

/** @returns the reason as text if it could not be found out */
async function lookAt(
  url: string,
  setting: LookSetting,
  until: number,
): Promise<PullRequestFacts | string> {
  const pullRequest = parsePullRequestUrl(url);
  if (pullRequest === null) return 'what is recorded is no address of a pull request';
  const mergeRequest = parseMergeRequest(url);
  if (mergeRequest !== null) return viewGlab(asker('glab', url, setting, until), mergeRequest);
  if (/\/pull\/\d+$/u.test(url)) return viewGh(asker('gh', url, setting, until), pullRequest);
  return 'neither gh nor glab knows this address';
}

function asker(
  program: ForgeProgram,
  url: string,
  setting: LookSetting,
  until: number,
): (args: readonly string[]) => Promise<ViewAnswer> {
  const path = findForgeProgram(program, setting);
  return async (args) => {
    if (path === null) return { kind: 'failed', why: `${program} is not installed` };
    const timeoutMs = Math.ceil(until - performance.now());
    if (timeoutMs <= 0) return { kind: 'failed', why: 'the time for all of them was used up' };
    const answer = await runForge(path, args, { ...setting, name: '', url, timeoutMs, lingerMs });
    if (answer.kind === 'failed') {
      return { kind: 'failed', why: `${program} did not answer (${firstLine(answer.said)})` };
    }
    if (answer.exit === 0) return { kind: 'ended', stdout: answer.stdout };
    const said = firstLine(answer.said);
    return { kind: 'failed', why: `${program} failed${said === '' ? '' : ` (${said})`}` };
  };
}

function firstLine(said: string): string {
  const line = said.split('\n').find((one) => one.trim() !== '') ?? '';
  return visible(line.trim()).slice(0, 200).replace(/\.$/u, '');
}
