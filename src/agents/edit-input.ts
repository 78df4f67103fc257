/** What an agent hands in before an edit, in the words of each: which files it is about. Pure. */
import { isEditTool } from './edit-tools.ts';
import type { HookAgent } from './hook-words.ts';

export interface Edit {
  /** after it: for agents that take advice only then */
  readonly moment: 'before' | 'after';
  /** where the agent stands; `null`: it does not say */
  readonly cwd: string | null;
  /** the agent's own id of its conversation; `null`: it does not say */
  readonly conversation: string | null;
  /** as given: absolute, or from where it stands */
  readonly paths: readonly string[];
}

/** A patch of more files is looked at no further. */
const mostPaths = 50;

const pathKeys = ['file_path', 'notebook_path', 'filePath', 'path'] as const;
const patchKeys = ['command', 'input', 'patchText', 'patch'] as const;

/** @returns `null` if it is no edit, or none that can be understood */
export function editIn(agent: HookAgent, input: unknown): Edit | null {
  const tool = text(input, 'tool_name') ?? text(input, 'toolName');
  if (tool !== null && !isEditTool(agent, tool)) return null;
  const paths = [...new Set(pathsIn(argumentsIn(input)))].slice(0, mostPaths);
  if (paths.length === 0) return null;
  const event = text(input, 'hook_event_name') ?? '';
  return {
    moment: /^(?:After|Post)/iu.test(event) ? 'after' : 'before',
    cwd: text(input, 'cwd'),
    conversation:
      text(input, 'session_id') ?? text(input, 'sessionId') ?? text(input, 'conversation_id'),
    paths,
  };
}

/** Copilot hands its arguments over as JSON within JSON. */
function argumentsIn(input: unknown): unknown {
  const given = property(input, 'tool_input') ?? property(input, 'toolArgs');
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return { patch: given };
  }
}

function pathsIn(given: unknown): readonly string[] {
  const named = pathKeys.map((key) => text(given, key));
  const patched = patchKeys.flatMap((key) => pathsOfPatch(text(given, key) ?? ''));
  return [...named.filter((path) => path !== null), ...patched].filter(
    (path) => !path.includes('\0'),
  );
}

/** The files of a patch as Codex writes it; of one that is renamed both. */
export function pathsOfPatch(patch: string): readonly string[] {
  const lines = patch.matchAll(
    /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (?<path>[^\r\n]+?)[ \t]*$/gmu,
  );
  return Array.from(lines, ({ groups }) => groups?.['path'] ?? '').filter((path) => path !== '');
}

function text(input: unknown, key: string): string | null {
  const value = property(input, key);
  return typeof value === 'string' && value !== '' ? value : null;
}

function property(input: unknown, key: string): unknown {
  return typeof input === 'object' && input !== null ? Reflect.get(input, key) : undefined;
}
