// What a sweep works through: a command in a situation, and what it means to be whole afterwards.
import type { World } from './world.ts';

export interface Scenario {
  readonly name: string;
  /** from the kept `base` to where the command starts */
  readonly prepare: (world: World) => Promise<void> | void;
  /** after we looked at it: a removal, or what a user does, like moving a folder */
  readonly afterwards?: (world: World) => Promise<void> | void;
  readonly command: readonly string[];
  readonly options?: (world: World) => {
    readonly path?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
  /** session the command is about */
  readonly session: string;
  /** where its files are before the command; `null`: it has none yet, or the user took them away */
  readonly at?: string | null;
  /** error codes with which the same command may end when it is given again */
  readonly again: readonly string[];
  /** its name after the command, where that is another one */
  readonly becomes?: string;
  /** the user moved its folder: until the command has been given it is not where it belongs */
  readonly moved?: 'by hand';
  /** it is no session before the command: cut off early, it goes on being none, as it was */
  readonly stray?: true;
  /** the session goes on, with other files: then it is whole as it was, or as it is meant to be */
  readonly changes?: 'the session';
  /** what is gone for good by the user's own will */
  readonly loses?: 'what was in the trash' | 'its folder';
}
