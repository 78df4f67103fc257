/** How each part stands, for `agents doctor`. Reads only. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AbsolutePath } from '../kernel/path.ts';
import type { Agent } from './agent.ts';
import { commands } from './catalogue.ts';
import type { DesiredPart } from './desired.ts';
import { lookAt, textOf } from './disk.ts';
import { find, hashOf } from './edit.ts';
import { entryId, hashesOf, type Ledger } from './ledger.ts';
import { judge, type PartSurface } from './part.ts';
import { releasedHashes } from './predecessor.ts';
import { skillProblems } from './skill-format.ts';

type State =
  | 'installed'
  | 'stale'
  | 'modified'
  | 'foreign'
  | 'missing'
  | 'unreadable'
  | 'invalid'
  | 'shadowed';

export interface PartState {
  readonly path: string;
  readonly at?: readonly string[];
  readonly surface: PartSurface;
  readonly state: State;
  readonly why?: string;
}

/** How `part` stands in the checkout at `root`. */
export async function stateOf(
  root: AbsolutePath,
  part: DesiredPart,
  ledger: Ledger,
): Promise<PartState> {
  const about = {
    path: part.path,
    ...('at' in part ? { at: part.at } : {}),
    surface: part.surface,
  };
  const place = await lookAt(root, part.path);
  if (place.kind === 'in-the-way') return { ...about, state: 'unreadable', why: `${place.why}.` };
  const entry = ledger.files.find((one) => entryId(one) === entryId(part));
  const hashes = hashesOf(entry);
  const text = textOf(place);
  const found = await find(text, part, (hash) => hashes.includes(hash));
  const known = entry === undefined ? null : { hashes };
  const verdict = judge(found, hashOf(part), known, releasedHashes(part.path));
  switch (verdict) {
    case 'absent':
      return { ...about, state: 'missing', why: 'init puts it there.' };
    case 'stale':
      return { ...about, state: 'stale', why: 'upgrade rewrites it.' };
    case 'malformed':
      return {
        ...about,
        state: 'unreadable',
        why: found.kind === 'malformed' ? `${found.why}.` : 'it cannot be read.',
      };
    case 'current':
      return { ...about, state: 'installed' };
    case 'modified':
    case 'foreign': {
      const problem =
        part.surface === 'skill' && text !== null ? skillProblem(part.path, text) : null;
      if (problem !== null) return { ...about, state: 'invalid', why: problem };
      return { ...about, state: verdict };
    }
  }
}

/** Files that win over ours: the agent never sees ours then. */
export function shadowing(
  agent: Agent,
  place: { readonly root: AbsolutePath; readonly home: string },
): readonly PartState[] {
  return agent.shadows.flatMap((pattern) =>
    commands.flatMap(({ id, skill }) => {
      const path = pattern.replace('<skill>', skill).replace('<id>', id);
      const inHome = path.startsWith('~/');
      const file = inHome ? join(place.home, path.slice(2)) : join(place.root, path);
      if (!existsSync(file)) return [];
      const surface = pattern.includes('<skill>') ? ('skill' as const) : ('command' as const);
      const why = `${file} wins over ours.`;
      return [{ path, surface, state: 'shadowed' as const, why }];
    }),
  );
}

function skillProblem(path: string, text: string): string | null {
  const folder = path.split('/').at(-2) ?? '';
  const client = path.startsWith('.claude/') ? 'claude' : 'any';
  return skillProblems(text, folder, client)[0] ?? null;
}
