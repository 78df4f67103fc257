/**
 * `hook`: what agents run at their own events. Command lines of hooks are written into settings
 * that some agents trust by their exact text, so **they are constant for ever**: no version, no
 * path, no flag; what has to be known comes on standard input.
 *
 * - `hook <agent> <event>` observes: the quick way in `quick.ts`, silent, exit 0. Here it comes
 *   only with flags beside it, and for help.
 * - `hook <agent> pre-edit` advises, and refuses where `parallel.guard` is `block`: `before-edit.ts`.
 * - `hook claude worktree-create | worktree-remove` answers: Claude Code's worktree provider.
 */
import {
  guardWord,
  hookAgent,
  hookAgents,
  hookEvent,
  hookEvents,
} from '../../agents/hook-words.ts';
import { FlightError } from '../../kernel/errors.ts';
import type { BesideCommand } from '../beside.ts';
import type { Answer } from '../cli/answer.ts';
import type { Frame } from '../cli/frame.ts';

export const hook: BesideCommand = {
  name: 'hook',
  summary: 'What agents run at their events: who works where, advice before edits, worktrees',
  forms: [
    {
      args: `hook ${hookAgents.join('|')} ${hookEvents.join('|')}`,
      about: 'records for status and remove that this agent works, waits, idles or is gone',
    },
    {
      args: `hook ${hookAgents.join('|')} ${guardWord}`,
      about: 'says that another session has changed the file, or that the write leaves the session',
    },
    {
      args: 'hook claude worktree-create',
      about: "makes a session for Claude Code's --worktree and its isolated subagents",
    },
    {
      args: 'hook claude worktree-remove',
      about: 'ends it if it holds no work, else refuses',
    },
  ],
  description:
    'Agents run these by the hooks in their settings, and hand in what they know as JSON on standard input. ' +
    'The command lines never change. An observing hook says nothing and ends with 0, whatever happens; ' +
    'what it records means something only while the agent lives.\n\n' +
    'pre-edit answers at once, from what parallel status and parallel conflicts have seen last, in the way the agent ' +
    'listens to. It is advice, and each is given once in a conversation. Only if parallel.guard is "block" does it ' +
    'refuse, and only a write of an agent that stands in a session into another checkout of its repository. What ' +
    'shell commands write it does not see. It always ends with 0.\n\n' +
    'worktree-create prints the path of the session as its last line. A / in the name becomes -, and a session ' +
    'of that name that is there is used. worktree-remove takes away only what holds nothing: a session that is new ' +
    'or has landed, with nothing uncommitted; it goes to the trash, and restore brings it back.',
  examples: [
    { args: 'hook codex waiting', about: 'codex waits for an answer' },
    { args: 'hook claude worktree-create', about: "in Claude Code's settings, WorktreeCreate" },
  ],
  run,
};

async function run(frame: Frame, args: readonly string[]): Promise<Answer> {
  const [agentWord, eventWord, ...more] = args;
  const agent = hookAgent(agentWord);
  if (agent === null) throw misunderstood(`needs an agent: ${hookAgents.join(', ')}`);
  if (more.length > 0)
    throw misunderstood(`takes an agent and an event, and nothing after them: ${more[0]}`);
  if (agent === 'claude' && (eventWord === 'worktree-create' || eventWord === 'worktree-remove')) {
    const { provideWorktree, takeWorktree } = await import('./provider.ts');
    return eventWord === 'worktree-create' ? provideWorktree(frame) : takeWorktree(frame);
  }
  if (eventWord === guardWord) {
    const { answerIfAsked } = await import('./before-edit.ts');
    await answerIfAsked([agent, eventWord]);
  }
  const event = hookEvent(eventWord);
  if (event !== null) {
    const { answerIfAsked } = await import('./quick.ts');
    await answerIfAsked([agent, event]);
  }
  const events =
    agent === 'claude'
      ? [...hookEvents, guardWord, 'worktree-create', 'worktree-remove']
      : [...hookEvents, guardWord];
  throw misunderstood(`${agent} needs an event: ${events.join(', ')}`);
}

function misunderstood(what: string): FlightError<'usage'> {
  return new FlightError('usage', { detail: `hook ${what}.`, command: ['hook'] });
}
