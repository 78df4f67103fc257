/** What `parallel adopt` answers. */
import * as z from 'zod/mini';
import { NewSession } from './parts.ts';

export const AdoptReport = z.object({ session: NewSession, enter: z.optional(z.string()) });

export type AdoptReport = z.infer<typeof AdoptReport>;
