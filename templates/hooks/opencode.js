// Written by `flight-rules init --hooks`: tells flight-rules what opencode does in this session.
// It only tells; if flight-rules is missing, or anything else goes wrong, nothing happens.
import { spawn } from 'node:child_process';

const commands = 'COMMANDS';

const tell = (state, cwd) => {
  try {
    const child = spawn('sh', ['-c', commands[state]], { cwd, stdio: 'ignore' });
    child.on('error', () => undefined);
    child.unref();
  } catch {
    // silence
  }
};

export const FlightRules = async ({ worktree, directory }) => ({
  event: async ({ event }) => {
    const cwd = worktree ?? directory;
    if (event.type === 'session.idle') tell('idle', cwd);
    else if (event.type === 'permission.updated') tell('waiting', cwd);
    else if (event.type === 'session.status') {
      tell(event.properties?.status?.type === 'idle' ? 'idle' : 'working', cwd);
    }
  },
});
