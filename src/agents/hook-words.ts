/**
 * The words of hook command lines. They are written into the settings of agents, some of which
 * trust a hook by its exact text: **what is here once never changes and never goes away.**
 */

export const hookAgents = ['claude', 'codex', 'gemini', 'cursor', 'copilot', 'opencode'] as const;
export type HookAgent = (typeof hookAgents)[number];

/** What an agent says of itself; `gone` when its session ended. */
export const hookEvents = ['working', 'waiting', 'idle', 'gone'] as const;
export type HookEvent = (typeof hookEvents)[number];

/** Before an edit: the one event that is answered, wherever there is something to say. */
export const guardWord = 'pre-edit';

export function hookAgent(word: string | undefined): HookAgent | null {
  return hookAgents.find((agent) => agent === word) ?? null;
}

export function hookEvent(word: string | undefined): HookEvent | null {
  return hookEvents.find((event) => event === word) ?? null;
}
