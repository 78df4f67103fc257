/** `config`: what applies here, and where each value comes from. Reads only. */
import * as z from 'zod/mini';
import { done } from '../kernel/outcome.ts';
import { projectOf } from './project.ts';
import { defineOperation } from './define.ts';

const Value = z.union([z.string(), z.number(), z.null(), z.array(z.string())]);

export const ConfigInput = z.strictObject({});

export const ConfigReport = z.object({
  values: z.array(z.object({ key: z.string(), value: Value, source: z.string() })),
});

export const config = defineOperation({
  name: 'config',
  summary: 'Show each setting with its value and where it comes from',
  description: [
    "Flags win over the project's .flight-rules/config.json, which wins over your own",
    '$XDG_CONFIG_HOME/flight-rules/config.json (default ~/.config), which wins over the defaults.',
    'Both files are JSON with comments. Keys that this version does not know are warnings.',
  ].join('\n'),
  effect: 'read',
  input: ConfigInput,
  flags: {},
  output: ConfigReport,
  examples: [{ args: 'config', about: 'what applies in this project' }],
  run: async (_input, context) => {
    const project = await projectOf(context);
    const { settings, warnings } = project;
    const values = [
      // the folder in use, whatever way it was spelled
      {
        key: 'parallel.sessionsDir',
        value: project.sessionsDir,
        source: settings.sessionsDir.source,
      },
      { key: 'parallel.branchPrefix', ...settings.branchPrefix },
      { key: 'parallel.base', ...settings.base },
      { key: 'parallel.keepDays', ...settings.keepDays },
      { key: 'parallel.agent', ...settings.agent },
      {
        key: 'parallel.verify',
        value: [...settings.verify.value],
        source: settings.verify.source,
      },
      { key: 'parallel.guard', ...settings.guard },
    ];
    return done({ values }, { warnings });
  },
});
