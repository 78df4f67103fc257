/** The tools with their operations loaded, and what each takes by the names it has over MCP. */
import type { AnyOperation, FlagSpec } from '../../operations/define.ts';
import { toolEntries, type Extent, type ListedTool } from './table.ts';

export interface Parameter {
  /** of the operation's input */
  readonly field: string;
  readonly spec: FlagSpec;
}

export interface LoadedTool extends ListedTool {
  readonly operation: string;
  readonly is: AnyOperation;
  /** by their names over MCP */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/** By name. */
export type Toolbox = ReadonlyMap<string, LoadedTool>;

export async function loadToolbox(extent: Extent): Promise<Toolbox> {
  const tools = await Promise.all(
    toolEntries(extent).map(async (tool): Promise<LoadedTool> => {
      const is = await tool.entry.load();
      return { ...tool, is, parameters: parametersOf(is) };
    }),
  );
  return new Map(tools.map((tool) => [tool.name, tool]));
}

function parametersOf({ flags }: AnyOperation): ReadonlyMap<string, Parameter> {
  return new Map(
    Object.entries(flags)
      .filter(([, spec]) => spec.hidden !== true && spec.face !== 'cli')
      .map(([field, spec]) => [spec.mcp ?? field, { field, spec }]),
  );
}

/** Arguments of every tool; what takes the lock can be told to break it. */
export const directoryArgument = 'directory';
export const breakLockArgument = 'breakLock';
