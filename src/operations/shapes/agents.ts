/** What `init`, `upgrade`, `uninstall` and `agents doctor` answer. */
import * as z from 'zod/mini';
import { partSurfaces } from '../../agents/part.ts';

/** One file, or what is ours in one. */
const InstalledPart = z.object({
  /** below `root` */
  path: z.string(),
  /** the key in it, where only that is ours */
  at: z.optional(z.readonly(z.array(z.string()))),
  surface: z.enum(partSurfaces),
  /** for whom it is there; none: for the project */
  agents: z.readonly(z.array(z.string())),
  /** `missing`: somebody took it away. `kept`: edited (`modified`), or never ours (`foreign`) */
  did: z.enum(['written', 'updated', 'unchanged', 'removed', 'missing', 'kept', 'failed']),
  why: z.optional(z.string()),
});

export const InstallReport = z.object({
  /** the checkout it is about */
  root: z.string(),
  dryRun: z.boolean(),
  agents: z.readonly(z.array(z.string())),
  files: z.readonly(z.array(InstalledPart)),
});

const DoctorPart = z.object({
  path: z.string(),
  at: z.optional(z.readonly(z.array(z.string()))),
  surface: z.enum(partSurfaces),
  /** `stale`: ours, of another version. `shadowed`: another file of that name wins over it */
  state: z.enum([
    'installed',
    'stale',
    'modified',
    'foreign',
    'missing',
    'unreadable',
    'invalid',
    'shadowed',
  ]),
  why: z.optional(z.string()),
});

export const DoctorReport = z.object({
  root: z.string(),
  /** the version that answers */
  version: z.string(),
  agents: z.readonly(
    z.array(
      z.object({
        agent: z.string(),
        name: z.string(),
        /** is it used here: its folder in the project, or its program on PATH? */
        found: z.boolean(),
        /** was it chosen with `init`? */
        chosen: z.boolean(),
        /** does it use the MCP server and hooks of this folder? `null`: cannot be found out */
        trusted: z.nullable(z.boolean()),
        trustNote: z.optional(z.string()),
        files: z.readonly(z.array(DoctorPart)),
      }),
    ),
  ),
  /** what is there for the project as a whole */
  project: z.readonly(z.array(DoctorPart)),
});
