// The real programs that agents are, each of an exact version, installed once into a cache folder of
// their own: `$FLIGHT_RULES_AGENTS_CACHE`, else the user's cache. Nothing of the developer's own
// installation or login is used. A program that cannot be installed is absent, which its tests say.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

const run = promisify(execFile);

interface Pin {
  readonly spec: string;
  /** below the folder it is installed in */
  readonly file: string;
  /** run by the Node of this pin instead of by itself */
  readonly node?: true;
}

const pins = {
  claude: { spec: '@anthropic-ai/claude-code@2.1.330', file: 'node_modules/.bin/claude' },
  codex: { spec: '@openai/codex@0.169.0', file: 'node_modules/.bin/codex' },
  copilot: { spec: '@github/copilot@1.0.102', file: 'node_modules/.bin/copilot' },
  gemini: { spec: '@google/gemini-cli@0.61.0', file: 'node_modules/.bin/gemini' },
  opencode: { spec: 'opencode-ai@1.18.33', file: 'node_modules/.bin/opencode' },
  inspector: {
    spec: '@modelcontextprotocol/inspector@2.12.0',
    file: 'node_modules/.bin/mcp-inspector',
    node: true,
  },
} satisfies Record<string, Pin>;

/** The inspector does not start on Node 20. */
const newerNode = {
  spec: `node-${process.platform}-${process.arch}@22.22.0`,
  file: `node_modules/node-${process.platform}-${process.arch}/bin/node`,
};

export type AgentId = keyof typeof pins;

export type Installed =
  | { readonly kind: 'there'; readonly spec: string; readonly argv: readonly string[] }
  | { readonly kind: 'absent'; readonly spec: string; readonly why: string };

declare module 'vitest' {
  interface ProvidedContext {
    readonly agentPrograms: Readonly<Record<AgentId, Installed>>;
  }
}

export async function setup(project: TestProject): Promise<void> {
  const cache =
    process.env['FLIGHT_RULES_AGENTS_CACHE'] ?? join(userCache(), 'flight-rules-agents');
  const found = new Map<string, Installed>();
  // one after the other: each is hundreds of megabytes
  for (const [id, pin] of Object.entries<Pin>(pins)) {
    const installed = await install(cache, pin);
    found.set(id, installed);
    if (installed.kind === 'absent') {
      process.stderr.write(`${pin.spec} is absent, its tests are skipped: ${installed.why}\n`);
    }
  }
  project.provide('agentPrograms', Object.fromEntries(found) as Record<AgentId, Installed>);
}

async function install(cache: string, pin: Pin): Promise<Installed> {
  const { spec } = pin;
  try {
    const file = await place(cache, pin);
    const argv = pin.node === true ? [await place(cache, newerNode), file] : [file];
    return { kind: 'there', spec, argv };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { kind: 'absent', spec, why };
  }
}

/** Installs into a folder beside and renames it: one that is there is whole. */
async function place(cache: string, { spec, file }: Pin): Promise<string> {
  const folder = join(cache, spec.replaceAll(/[^\w.-]/gu, '_'));
  const wanted = join(folder, file);
  if (existsSync(wanted)) return wanted;
  const making = `${folder}.${process.pid}`;
  mkdirSync(making, { recursive: true });
  writeFileSync(join(making, 'package.json'), '{"private":true}\n');
  const argv = ['install', '--no-audit', '--no-fund', '--no-save', '--loglevel=error', spec];
  await run('npm', argv, { cwd: making, timeout: 600_000 });
  rmSync(folder, { recursive: true, force: true });
  renameSync(making, folder);
  if (!existsSync(wanted)) throw new Error(`${file} is not in ${spec}`);
  return wanted;
}

function userCache(): string {
  const named = process.env['XDG_CACHE_HOME'];
  return named === undefined || named === '' ? join(homedir(), '.cache') : named;
}
