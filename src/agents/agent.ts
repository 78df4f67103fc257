/** What is known of one agent: where it looks for things, and in which shape. Data only. */
import { editMatcher } from './edit-tools.ts';
import type { HookAgent } from './hook-words.ts';
import type { Surface } from './surfaces.ts';

/** How the program is called, where a shell reads it and where none does. */
export interface Spelling {
  /** one line for a POSIX shell */
  readonly shell: string;
  /** program and arguments that start `flight-rules mcp`, for a client that runs no shell */
  readonly mcp: { readonly command: string; readonly args: readonly string[] };
}

/** What a hook tells of: what the agent does now, or that a worktree is asked for. */
export type HookEvent =
  | 'working'
  | 'waiting'
  | 'idle'
  | 'gone'
  | 'pre-edit'
  | 'worktree-create'
  | 'worktree-remove';

/** The MCP entry: one key in a settings file of the agent. */
interface McpPlace {
  /** the first that exists is used, else the first */
  readonly files: readonly string[];
  readonly format: 'json' | 'toml';
  readonly at: readonly string[];
  readonly value: (spelling: Spelling) => unknown;
  readonly empty: Readonly<Record<string, unknown>>;
}

/** Where hooks go: into lists of a settings file, or into a file of their own. */
export type HookPlace =
  | {
      readonly kind: 'lists';
      readonly file: string;
      readonly empty: Readonly<Record<string, unknown>>;
      /** the agent's event, and what we are told then */
      readonly events: readonly (readonly [string, HookEvent])[];
      /** the element of the list, around one command */
      readonly element: (command: string) => unknown;
    }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly events: readonly (readonly [string, HookEvent])[];
      /** @param template the text of `templates/hooks/<agent>`, if there is one */
      readonly text: (command: (event: HookEvent) => string, template: string | null) => string;
      readonly template?: string;
    };

/** Where an agent keeps what it trusts. */
type TrustRule = 'claude' | 'codex' | 'gemini' | 'folder' | 'none';

export interface Agent {
  /** as typed after `--agents`, and in hook command lines, for ever */
  readonly id: string;
  readonly name: string;
  /** it is there if one of these is on PATH */
  readonly programs: readonly string[];
  /** or if one of these is in the project */
  readonly traces: readonly string[];
  readonly surfaces: readonly Surface[];
  readonly mcp: McpPlace;
  readonly hooks: HookPlace;
  /** the hook before edits, asked for apart */
  readonly guard: HookPlace;
  /** files that win over ours; `<skill>` and `<id>` are filled in, `~` is the user's home */
  readonly shadows: readonly string[];
  readonly trust: TrustRule;
  /** how it looks to the user, for docs/agents.md */
  readonly looks: string;
  /** one sentence on what must be trusted, for docs/agents.md */
  readonly trustNote: string;
}

/** The shape that most clients share. */
export function mcpServer({ mcp }: Spelling): unknown {
  return { command: mcp.command, args: [...mcp.args] };
}

/** The shape of a hook that Claude Code, Codex and Gemini share. */
export function groupOf(command: string): unknown {
  return { hooks: [{ type: 'command', command }] };
}

/** The same, only for the tools by which `agent` edits files. */
export function editGroupOf(agent: HookAgent): (command: string) => unknown {
  return (command) => ({ matcher: editMatcher(agent), hooks: [{ type: 'command', command }] });
}
