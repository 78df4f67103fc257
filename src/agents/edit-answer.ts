/**
 * How each agent is told, on standard output, that a tool call is refused or what to bear in mind.
 * Pure. Sources, and what of it was seen: `docs/agents.md`.
 */
import type { EditAnswer } from './before-edit.ts';
import type { HookAgent } from './hook-words.ts';

/** @returns nothing at all where there is nothing to say */
export function answerText(agent: HookAgent, answer: EditAnswer): string {
  if (answer.kind === 'silent') return '';
  const value =
    answer.kind === 'refusal' ? refusal(agent, answer.text) : advice(agent, answer.text);
  return `${JSON.stringify(value)}\n`;
}

function refusal(agent: HookAgent, reason: string): unknown {
  const decision = { permissionDecision: 'deny', permissionDecisionReason: reason };
  switch (agent) {
    case 'claude':
    case 'codex':
      return { hookSpecificOutput: { hookEventName: 'PreToolUse', ...decision } };
    case 'copilot':
      return decision;
    case 'gemini':
      return { decision: 'deny', reason };
    case 'cursor':
      return { permission: 'deny', user_message: reason, agent_message: reason };
    case 'opencode':
      return { refused: reason };
  }
}

function advice(agent: HookAgent, additionalContext: string): unknown {
  switch (agent) {
    case 'claude':
    case 'codex':
      return { hookSpecificOutput: { hookEventName: 'PreToolUse', additionalContext } };
    case 'copilot':
      return { additionalContext };
    case 'gemini':
      return { hookSpecificOutput: { hookEventName: 'AfterTool', additionalContext } };
    case 'cursor':
      return { additional_context: additionalContext };
    case 'opencode':
      return { advice: additionalContext };
  }
}
