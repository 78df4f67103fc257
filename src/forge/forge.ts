/**
 * Which program opens pull requests here: told by the host of the remote, else the one that is
 * installed and logged in, gh before glab. Asked before anything happens.
 *
 * Processes: `gh auth status` or `glab auth status`, which may ask the network.
 */
import { FlightError } from '../kernel/errors.ts';
import { visible } from '../kernel/visible.ts';
import { gh, ghArguments } from './gh.ts';
import { glab, glabArguments } from './glab.ts';
import { findForgeProgram, runForge, type ForgeProgram, type ForgeSetting } from './program.ts';
import type { Forge } from './pull-request.ts';
import { parseAddress } from './url.ts';

/**
 * @returns a forge whose program is there and logged in to the host of `setting.url`
 * @throws FlightError `no-forge` saying what is missing
 */
export async function detectForge(setting: ForgeSetting): Promise<Forge> {
  const { host } = parseAddress(setting.url);
  const candidates = forgesOf(host);
  const reasons: string[] = [];
  for (const program of candidates) {
    const ready = await prepare(program, host, setting);
    if (ready.kind === 'ready') return ready.forge;
    reasons.push(ready.why);
  }
  const [program] = candidates;
  const why = reasons.join(', and ');
  throw new FlightError('no-forge', {
    name: setting.name,
    why,
    ...(candidates.length === 1 && program !== undefined ? { program } : {}),
  });
}

/** Pure: the programs that may know this host, best first. */
export function forgesOf(host: string | null): readonly ForgeProgram[] {
  if (host?.includes('github') === true) return ['gh'];
  if (host?.includes('gitlab') === true) return ['glab'];
  return ['gh', 'glab'];
}

type Prepared =
  | { readonly kind: 'ready'; readonly forge: Forge }
  | { readonly kind: 'missing'; readonly why: string };

async function prepare(
  program: ForgeProgram,
  host: string | null,
  setting: ForgeSetting,
): Promise<Prepared> {
  const path = findForgeProgram(program, setting);
  if (path === null) return { kind: 'missing', why: `${program} is not installed` };
  // a name without a dot is an alias of the user's ssh configuration: no login bears it
  const named = host?.includes('.') === true ? host : null;
  const args = program === 'gh' ? ghArguments.status(named) : glabArguments.status(named);
  const answer = await runForge(path, args, setting);
  if (answer.kind === 'ended' && answer.exit === 0) {
    return { kind: 'ready', forge: program === 'gh' ? gh(path, setting) : glab(path, setting) };
  }
  if (answer.kind === 'failed') {
    return { kind: 'missing', why: `${program} did not answer (${answer.said})` };
  }
  // offline it ends in the same way, so its own words are passed on
  const where = named === null ? '' : ` to ${named}`;
  const [line = ''] = answer.said.split('\n');
  const said = line === '' ? '' : ` (${visible(line.trim()).replace(/\.$/u, '')})`;
  return { kind: 'missing', why: `${program} has no working login${where}${said}` };
}
