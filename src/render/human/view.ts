/** What a renderer for people knows of its reader. */
import type { Theme } from '../theme.ts';

export interface View {
  /** columns that are filled */
  readonly width: number;
  readonly theme: Theme;
  readonly now: Date;
  /** shortened to `~` at the front of paths; `null` if it is not known */
  readonly home: string | null;
  /** a command of ours, spelled as it can be typed where the reader stands */
  readonly command: (args: readonly string[]) => string;
}

/** Lines for people, without their line ends. */
export type Render = (data: unknown, view: View) => readonly string[];

/** Forgets the type of a renderer: the table pairs it with the operation that answers `T`. */
// The parameter is the claim itself: which data the renderer is for.
// eslint-disable-next-line typescript/no-unnecessary-type-parameters
export function renderer<T>(render: (data: T, view: View) => readonly string[]): Render {
  // an operation answers what its output schema says, and the table pairs them by name
  // eslint-disable-next-line typescript/no-unsafe-type-assertion
  return (data, view) => render(data as T, view);
}
