/** The agents that are known, in the order in which they are shown. */
import type { Agent } from './agent.ts';
import { claude } from './claude.ts';
import { codex } from './codex.ts';
import { copilot } from './copilot.ts';
import { cursor } from './cursor.ts';
import { gemini } from './gemini.ts';
import { opencode } from './opencode.ts';

export const agents: readonly Agent[] = [claude, codex, gemini, cursor, copilot, opencode];
