/**
 * Which operations are tools, as data. Names that the table of operations lacks are simply absent.
 * What a tool takes and answers derives from its operation; here stands only what cannot be
 * derived. `trust grant` is never among them: approving needs a person at a terminal.
 */
import { operations, type OperationEntry } from '../../operations/index.ts';

interface ToolEntry {
  /** underscores: several clients rewrite dots in the names of tools */
  readonly name: string;
  readonly operation: string;
  /** `usual` ones are always listed, `rare` ones with `--all` */
  readonly listed: 'usual' | 'rare';
  /** called again with the same arguments it changes nothing more */
  readonly idempotent: boolean;
  /** may reach a forge over the network */
  readonly network: boolean;
  /** what the summary does not say and a caller must know */
  readonly also?: string;
}

const usual = { listed: 'usual', idempotent: false, network: false } as const;
const rare = { ...usual, listed: 'rare' } as const;

const all: readonly Omit<ToolEntry, 'name'>[] = [
  { ...usual, operation: 'parallel status', idempotent: true, network: true },
  {
    ...usual,
    operation: 'parallel create',
    idempotent: true,
  },
  {
    ...usual,
    operation: 'parallel cleanup',
    idempotent: true,
    also: 'A plan unless apply is true; ask the user first.',
  },
  {
    ...usual,
    operation: 'parallel remove',
    network: true,
    also: 'Without strategy: the question which.',
  },
  { ...usual, operation: 'parallel restore' },
  { ...usual, operation: 'parallel conflicts', idempotent: true },
  {
    ...usual,
    operation: 'dev-session start',
    also: 'Without goals: the context.',
  },
  {
    ...usual,
    operation: 'dev-session end',
    network: true,
    also: 'Only when the user asks for it.',
  },
  { ...rare, operation: 'parallel sync' },
  {
    ...rare,
    operation: 'parallel land',
    network: true,
    also: 'Only when the user asks for it.',
  },
  { ...rare, operation: 'parallel adopt' },
  { ...rare, operation: 'parallel path', idempotent: true },
  { ...rare, operation: 'config', idempotent: true },
  { ...rare, operation: 'trust list', idempotent: true },
];

export type Extent = 'usual' | 'all';

export interface ListedTool extends ToolEntry {
  readonly entry: OperationEntry;
}

/** The tools there are, in the order of `tools/list`. */
export function toolEntries(extent: Extent): readonly ListedTool[] {
  return all.flatMap((one) => {
    const entry = operations.find(({ name }) => name === one.operation);
    if (entry === undefined || (extent === 'usual' && one.listed === 'rare')) return [];
    return [{ ...one, name: toolName(one.operation), entry }];
  });
}

/** `dev-session start` -> `dev_session_start` */
function toolName(operation: string): string {
  return operation.replaceAll(/[^a-z]/gu, '_');
}
