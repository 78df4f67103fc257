/** What was asked for, checked. */
import type { SessionKey, SessionName } from '../../sessions/name.ts';

export interface CreateRequest {
  readonly name: SessionName;
  readonly key: SessionKey;
  readonly goals: readonly string[];
  readonly base?: string;
  readonly agent: string | null;
  readonly dirty: 'carry' | 'leave' | null;
  /** how the call is repeated, if it is not `parallel create` that was called */
  readonly repeat?: (added: readonly string[]) => string[];
}

/** The call again, with what is given and what is added. */
export function again(request: CreateRequest, added: readonly string[]): string[] {
  const { name, goals, base, agent, dirty, repeat } = request;
  if (repeat !== undefined) return repeat(added);
  const has = (flag: string): boolean => added.includes(flag);
  return [
    'parallel',
    'create',
    name,
    ...goals.flatMap((goal) => ['--goal', goal]),
    ...(base === undefined || has('--base') ? [] : ['--base', base]),
    ...(agent === null ? [] : ['--agent', agent]),
    ...(dirty === null || has('--dirty') ? [] : ['--dirty', dirty]),
    ...added,
  ];
}
