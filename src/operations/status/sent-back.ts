/** Why a session came back when it was to land, as long as that speaks of what it is now. */
import { ours, type Suggestion } from '../../kernel/suggestion.ts';
import type { SessionDetails, SessionStatus } from '../shapes/status.ts';
import type { Looked } from './sessions.ts';

type SentBack = NonNullable<SessionStatus['sentBack']>;

/** Pure. `null` once it got other commits, has landed all the same, or was put away. */
export function sentBackOf({
  facts,
  landed,
}: Pick<Looked, 'facts' | 'landed'>): SessionStatus['sentBack'] | null {
  const { record, branchTip } = facts;
  const said = record?.sentBack;
  if (said === undefined || record?.state !== 'active' || landed === true) return null;
  if (said.tip !== branchTip) return null;
  const { at, reason, message } = said;
  return { at, reason, message, ...(said.with === undefined ? {} : { with: said.with }) };
}

/** What helps one that was sent back. Its base is brought in only where it has got something new. */
export function wayOn(
  { facts: { name }, behind }: Pick<Looked, 'facts' | 'behind'>,
  { reason }: SentBack,
): Suggestion {
  switch (reason) {
    case 'conflicts':
      return ours(
        ['parallel', 'sync', name, '--leave-conflicts'],
        'brings its base in, to resolve it',
      );
    case 'red':
      return behind === 0
        ? ours(['parallel', 'status', name], 'shows what verification said')
        : ours(['parallel', 'sync', name], 'brings its base in, to be mended there');
    default:
      return ours(['parallel', 'status', name], 'shows how it stands now');
  }
}

/** The same in full, for one session. */
export function sentBackInFull(
  { sentBack }: SessionStatus,
  { facts }: Pick<Looked, 'facts'>,
): Pick<SessionDetails, 'sentBack'> {
  const said = facts.record?.sentBack;
  if (sentBack === undefined || said === undefined) return {};
  const { paths, command, output } = said;
  const more = {
    ...(paths === undefined ? {} : { paths }),
    ...(command === undefined ? {} : { command }),
    ...(output === undefined ? {} : { output }),
  };
  return { sentBack: { ...sentBack, ...more } };
}
