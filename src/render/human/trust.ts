/** `trust list | grant | revoke`: commands with their exact text, nothing hidden in it. */
import { visible } from '../../kernel/visible.ts';
import { renderer, type View } from './view.ts';
import { shown } from './words.ts';

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly command: string;
  readonly approved: boolean;
  readonly configured: boolean;
}

export const trustList = renderer<{
  readonly store: string;
  readonly commands: readonly Listed[];
}>((data, view) =>
  data.commands.length === 0
    ? ['No commands come with this repository.']
    : [
        ...data.commands.flatMap((one) => lines(one, state(one), view)),
        '',
        `Approvals are kept in ${shown(data.store, view)}`,
      ],
);

export const trustGrant = renderer<{ readonly granted: readonly Listed[] }>((data, view) =>
  data.granted.length === 0
    ? ['Nothing waits for approval.']
    : data.granted.flatMap((one) => lines(one, 'approved', view)),
);

export const trustRevoke = renderer<{ readonly revoked: readonly Listed[] }>((data, view) =>
  data.revoked.length === 0
    ? ['There was no approval to take back.']
    : data.revoked.flatMap((one) => lines(one, 'no longer approved', view)),
);

function state(one: Listed): string {
  const approved = one.approved ? 'approved' : 'not approved';
  return one.configured ? approved : `${approved}, not configured at present`;
}

function lines(one: Listed, said: string, view: View): readonly string[] {
  const word = one.approved ? view.theme.good(said) : view.theme.problem(said);
  return [
    `${visible(one.id)}  ${visible(one.kind)}  ${word}`,
    `    ${view.theme.command(visible(one.command))}`,
  ];
}
