/** What `parallel path` answers. */
import * as z from 'zod/mini';

export const PathReport = z.object({ path: z.string() });

export type PathReport = z.infer<typeof PathReport>;
