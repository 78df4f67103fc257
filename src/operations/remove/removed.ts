/** What a strategy answers beyond the name. */
import type { RemoveReport } from '../shapes/remove.ts';

export type Removed = Omit<RemoveReport, 'name' | 'strategy' | 'cwdAfter'>;
