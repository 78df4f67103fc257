/** `parallel path`: the path as it is, for a shell to use. Never escaped, never cut. */
import type { PathReport } from '../../operations/shapes/path.ts';
import { renderer } from './view.ts';

export const path = renderer<PathReport>((data) => [data.path]);
