/**
 * Does an agent trust this folder? Read from where each keeps it; what cannot be found out is
 * `null`. Only looks: to trust is for the user, with the agent's own means.
 */
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { isErrno } from '../kernel/errno.ts';
import type { AbsolutePath } from '../kernel/path.ts';
import { readRegularText } from '../kernel/regular-file.ts';
import type { Agent } from './agent.ts';

export interface TrustPlace {
  readonly root: AbsolutePath;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function isTrusted(agent: Agent, place: TrustPlace): Promise<boolean | null> {
  switch (agent.trust) {
    case 'claude':
      return claudeTrusts(place);
    case 'codex':
      return codexTrusts(place);
    case 'gemini':
      return geminiTrusts(place);
    case 'folder':
      return null;
    case 'none':
      return true;
  }
}

/** By its settings of the project, the user, or what was answered when it asked. */
async function claudeTrusts({ root, home }: TrustPlace): Promise<boolean | null> {
  const settings = [
    join(root, '.claude/settings.json'),
    join(root, '.claude/settings.local.json'),
    join(home, '.claude/settings.json'),
  ];
  let refused = false;
  for (const file of settings) {
    const value = await json(file);
    if (value === 'unreadable') return null;
    if (names(value, 'disabledMcpjsonServers')) refused = true;
    else if (names(value, 'enabledMcpjsonServers')) return true;
    else if (at(value, 'enableAllProjectMcpServers') === true) return true;
  }
  const state = await json(join(home, '.claude.json'));
  if (state === 'unreadable') return null;
  const project = at(state, 'projects', root);
  return !refused && names(project, 'enabledMcpjsonServers');
}

async function codexTrusts({ root, home, env }: TrustPlace): Promise<boolean | null> {
  const folder = env['CODEX_HOME'] ?? join(home, '.codex');
  const text = await textAt(join(folder, 'config.toml'));
  if (text === null) return false;
  if (text === 'unreadable') return null;
  try {
    const { parse: parseToml } = await import('@decimalturn/toml-patch');
    const value: unknown = parseToml(text);
    return at(value, 'projects', root, 'trust_level') === 'trusted';
  } catch {
    return null;
  }
}

async function geminiTrusts({ root, home, env }: TrustPlace): Promise<boolean | null> {
  if (env['GEMINI_CLI_TRUST_WORKSPACE'] === 'true') return true;
  const value = await json(join(home, '.gemini/trustedFolders.json'));
  if (value === 'unreadable') return null;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([folder, level]: [string, unknown]) =>
      (level === 'TRUST_FOLDER' && within(root, folder)) ||
      (level === 'TRUST_PARENT' && within(root, join(folder, '..'))),
  );
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder.replace(/\/$/u, '')}/`);
}

function names(value: unknown, key: string): boolean {
  const list = at(value, key);
  return Array.isArray(list) && list.includes('flight-rules');
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  let inner = value;
  for (const key of keys) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = new Map<string, unknown>(Object.entries(inner)).get(key);
  }
  return inner;
}

async function json(file: string): Promise<unknown> {
  const text = await textAt(file);
  if (text === null || text === 'unreadable') return text;
  const value: unknown = parse(text);
  return value;
}

async function textAt(file: string): Promise<string | null> {
  try {
    return await readRegularText(file);
  } catch (error) {
    return isErrno(error, 'ENOENT', 'ENOTDIR') ? null : 'unreadable';
  }
}
