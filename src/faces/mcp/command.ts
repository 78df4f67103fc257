/** `flight-rules mcp`: how the server is called. What it does is loaded when it is started. */
import { FlightError } from '../../kernel/errors.ts';
import type { BesideCommand } from '../beside.ts';

export const mcp: BesideCommand = {
  name: 'mcp',
  summary: 'Serve the same commands as tools of the Model Context Protocol',
  forms: [
    { args: 'mcp', about: 'the tools that agents need most' },
    { args: 'mcp --all', about: 'also those that are rarely needed' },
  ],
  description:
    'A server for agents, on standard input and output. Its tools are the commands, with the same answers; it ends when its client does. ' +
    'The tools work in the directory named by their argument, else where the server was started.',
  examples: [
    { args: 'mcp', about: 'what goes into the settings of an agent' },
    { args: '-C ~/code/my-project mcp --all', about: 'for one project, with every tool' },
  ],
  run: async (frame, args) => {
    const unknown = args.find((word) => word !== '--all');
    if (unknown !== undefined) {
      const detail = `mcp takes no ${unknown}: only --all.`;
      throw new FlightError('usage', { detail, command: ['mcp'] });
    }
    const { serve } = await import('./serve.ts');
    return serve(frame, args.includes('--all') ? 'all' : 'usual');
  },
};
