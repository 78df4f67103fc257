/**
 * The tools by which agents write files, under the names their hooks give them. Shell commands are
 * none: nobody can tell what one writes. Sources: `docs/agents.md`.
 */
import type { HookAgent } from './hook-words.ts';

const editTools: Readonly<Record<HookAgent, readonly string[]>> = {
  claude: ['Edit', 'MultiEdit', 'Write', 'NotebookEdit'],
  codex: ['apply_patch'],
  gemini: ['write_file', 'replace'],
  cursor: ['Write', 'Delete'],
  copilot: ['edit', 'create', 'apply_patch'],
  opencode: ['edit', 'write', 'patch', 'apply_patch', 'multiedit'],
};

/** Some agents have an ear for advice only once the tool has run. */
const advisedAfterwards: readonly HookAgent[] = ['gemini', 'cursor'];

export function isEditTool(agent: HookAgent, tool: string): boolean {
  return editTools[agent].includes(tool);
}

/** The pattern by which an agent's settings say for which tools a hook is run. */
export function editMatcher(agent: HookAgent): string {
  return editTools[agent].join('|');
}

/** Is advice heard at this moment? A refusal always stands before the edit. */
export function hearsAdvice(agent: HookAgent, moment: 'before' | 'after'): boolean {
  return (moment === 'after') === advisedAfterwards.includes(agent);
}
