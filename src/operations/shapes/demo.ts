/** What `demo` answers: the story as it went, each step with what was seen afterwards. */
import * as z from 'zod/mini';
import { list } from './parts.ts';
import { StatusReport } from './status.ts';

export const DemoStep = z.object({
  title: z.string(),
  /** what was run, as one would type it */
  command: z.string(),
  /** what was looked up afterwards and is so, one sentence each */
  saw: list(z.string()),
});

export const DemoReport = z.object({
  steps: list(DemoStep),
  /** what `parallel status` answered after a folder had been deleted */
  status: StatusReport,
  seconds: z.number(),
  /** the folder, with `--keep`; otherwise `null`, and it is gone */
  folder: z.nullable(z.string()),
});

export type DemoStep = z.infer<typeof DemoStep>;
export type DemoReport = z.infer<typeof DemoReport>;
