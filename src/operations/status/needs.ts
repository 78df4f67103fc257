/** Pure: what a session needs, in which order sessions are shown, and the command that helps. */
import { ownerUnseen } from '../../sessions/facts.ts';
import type { Suggestion } from '../../kernel/suggestion.ts';
import type { needs as needWords, SessionStatus } from '../shapes/status.ts';
import type { Looked } from './sessions.ts';

export type Need = (typeof needWords)[number];

/** Most urgent first. A lock by the user is no need. */
export function needsOf(looked: Looked): Need[] {
  const { facts, status } = looked;
  const needs: Need[] = [];
  if (facts.health === 'orphaned') needs.push('orphaned');
  if (facts.health === 'moved') needs.push('moved');
  if (facts.health === 'interrupted') needs.push('interrupted');
  const unreadable = facts.place.kind === 'present' && status === null;
  if (facts.health === 'unknown' || unreadable) needs.push('unknown');
  if (looked.resolving !== null) needs.push('conflicted');
  if (looked.activities[0]?.is === 'waiting') needs.push('waiting');
  if (looked.clash !== undefined && looked.clash.why !== null) needs.push('clash');
  const clean = status === null || status.entries.length === 0;
  if (looked.landed === true && clean && needs.length === 0) needs.push('landed');
  return needs;
}

/** One sentence beyond the word, or two, or `null` if the word says it all. */
export function whyOf(looked: Looked): string | null {
  const said = [placeWhy(looked), looked.clash?.why ?? null].filter((text) => text !== null);
  return said.length === 0 ? null : said.join(' ');
}

function placeWhy(looked: Looked): string | null {
  const { place, record } = looked.facts;
  if (record?.intent !== undefined && ownerUnseen(looked.facts)) {
    const { kind, owner } = record.intent;
    return `Whether ${kind} goes on there cannot be seen from here: pid ${owner.pid} on ${owner.host}.`;
  }
  switch (place.kind) {
    case 'not-ours':
      return `Its folder belongs to somebody else: ${place.why}.`;
    case 'unknown':
      return `${place.why[0]?.toUpperCase() ?? ''}${place.why.slice(1)}.`;
    case 'moved':
      return place.from === place.to
        ? `Its links lead to where the repository was; they need rewriting.`
        : `Its folder was moved from ${place.from}.`;
    case 'gone':
      return record?.state === 'active' ? 'Its folder was deleted, not by us.' : null;
    case 'put-away':
      return looked.facts.health === 'orphaned' ? 'Its branch is gone.' : null;
    case 'present':
      if (looked.facts.health === 'unknown') return 'Its branch is gone.';
      return looked.resolving?.why ?? null;
  }
}

/** The commands for what it needs, as arguments of ours. */
export function commandsFor(looked: Looked, needs: readonly Need[]): readonly Suggestion[] {
  const { name, branchTip } = looked.facts;
  const [first] = needs;
  if (first === undefined) return [];
  switch (first) {
    case 'orphaned':
      return [
        ...(branchTip === null
          ? []
          : [
              {
                args: ['parallel', 'restore', name],
                why: 'brings the folder back from its branch',
              },
            ]),
        { args: ['parallel', 'cleanup', name, '--dry-run'], why: 'shows what would go' },
      ];
    case 'moved':
      return [
        { args: ['parallel', 'cleanup', name, '--dry-run'], why: 'shows how its links are mended' },
      ];
    case 'interrupted':
      return [
        { args: ['parallel', 'cleanup', '--dry-run'], why: 'shows what is finished or taken back' },
      ];
    case 'landed':
      return [
        {
          args: ['parallel', 'cleanup', name, '--dry-run'],
          why: 'shows what goes: its work is in the base',
        },
      ];
    case 'conflicted':
      return looked.resolving?.help ?? [];
    case 'unknown':
      return [{ args: ['parallel', 'status', name], why: 'shows it in full' }];
    case 'waiting':
      return [{ args: ['parallel', 'path', name], why: 'tells the folder its agent waits in' }];
    case 'clash':
      return looked.clash?.help === null || looked.clash === undefined ? [] : [looked.clash.help];
    case 'setup-failed':
      return [];
  }
}

/** Those that need somebody first, then by last activity, newest first; names break ties. */
export function sortByNeed(sessions: readonly SessionStatus[]): SessionStatus[] {
  return sessions.toSorted((a, b) => {
    const need = Number(b.needs.length > 0) - Number(a.needs.length > 0);
    if (need !== 0) return need;
    const one = a.lastActivityAt ?? a.startedAt;
    const other = b.lastActivityAt ?? b.startedAt;
    if (one !== other) return one < other ? 1 : -1;
    return a.name < b.name ? -1 : 1;
  });
}
