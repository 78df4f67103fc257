// Written by `flight-rules init --guard`: asks flight-rules before each edit in this session.
// A refusal stops the tool; advice is added to its result. If flight-rules is missing, does not
// answer, or anything else goes wrong, the edit goes on as if nothing had been asked.
import { spawn } from 'node:child_process';

const command = 'COMMAND';
const tools = ['edit', 'write', 'patch', 'apply_patch', 'multiedit'];
const patienceMs = 5000;

const ask = (question, cwd) =>
  new Promise((resolve) => {
    try {
      const child = spawn('sh', ['-c', command], { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
      const timer = setTimeout(() => child.kill(), patienceMs);
      let text = '';
      child.stdout.on('data', (part) => (text += part));
      child.stdin.on('error', () => undefined);
      const end = (value) => {
        clearTimeout(timer);
        resolve(value);
      };
      child.on('error', () => end({}));
      child.on('close', () => {
        try {
          end(JSON.parse(text));
        } catch {
          end({});
        }
      });
      child.stdin.end(JSON.stringify(question));
    } catch {
      resolve({});
    }
  });

export const FlightRulesGuard = async ({ directory, worktree }) => {
  const cwd = directory ?? worktree;
  const advice = new Map();
  return {
    'tool.execute.before': async ({ tool, sessionID, callID }, { args }) => {
      if (!tools.includes(tool)) return;
      const question = { cwd, session_id: sessionID, tool_name: tool, tool_input: args };
      const answer = await ask(question, cwd);
      if (typeof answer.refused === 'string') throw new Error(answer.refused);
      if (typeof answer.advice === 'string') advice.set(callID, answer.advice);
    },
    'tool.execute.after': async ({ callID }, result) => {
      const text = advice.get(callID);
      advice.delete(callID);
      if (text !== undefined && typeof result?.output === 'string') result.output += `\n\n${text}`;
    },
  };
};
