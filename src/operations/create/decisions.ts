/** The two questions create can ask. */
import type { Choice, Decision } from '../../kernel/outcome.ts';
import { count } from '../../kernel/catalogue/entry.ts';
import type { Base } from './base.ts';
import type { DirtyMain } from './main-checkout.ts';
import { again, type CreateRequest } from './request.ts';

const undo = 'parallel remove NAME --strategy abandon takes it back';

export function baseDecision(request: CreateRequest, base: Base & { kind: 'ask' }): Decision {
  const choices: Choice[] = base.suggestions.map((branch) => ({
    value: branch,
    label: `Start from ${branch}`,
    effect: `The session starts at the tip of ${branch} and returns there.`,
    undo: undo.replace('NAME', request.name),
    available: true,
    ...(base.suggestions.length === 1 ? { recommended: true } : {}),
    args: again(request, ['--base', branch]),
  }));
  return {
    id: 'base',
    question:
      base.asked === null
        ? `Which branch should ${request.name} start from? The main checkout is on none.`
        : `${base.asked} is no local branch. Which branch should ${request.name} start from?`,
    facts: { asked: base.asked },
    choices,
    input: {
      flag: '--base',
      repeatable: false,
      suggestions: base.suggestions,
      args: again(request, ['--base']).slice(0, -1),
    },
    ifDeclined: 'Nothing was created.',
  };
}

export function dirtyDecision(request: CreateRequest, base: string, main: DirtyMain): Decision {
  const { staged, modified, untracked } = main.changes;
  const what = [
    ...(staged > 0 ? [`${staged} staged`] : []),
    ...(modified > 0 ? [`${modified} modified`] : []),
    ...(untracked > 0 ? [`${untracked} new`] : []),
  ].join(', ');
  return {
    id: 'dirty',
    question: `The main checkout has uncommitted changes (${what}). Should ${request.name} get a copy of them?`,
    session: request.name,
    facts: { ...main.changes, paths: main.paths.slice(0, 20), base },
    choices: [
      {
        value: 'carry',
        label: 'Carry the changes along',
        effect: `Copies ${count(main.paths.length, 'changed file')} into the session, staged and unstaged apart. The main checkout keeps its own.`,
        undo: undo.replace('NAME', request.name),
        available: main.cannotCarry === null,
        ...(main.cannotCarry === null ? {} : { unavailableWhy: main.cannotCarry }),
        args: again(request, ['--dirty', 'carry']),
      },
      {
        value: 'leave',
        label: 'Leave the changes where they are',
        effect: `The session starts from the last commit of ${base}, without them. The main checkout keeps them.`,
        undo: undo.replace('NAME', request.name),
        available: true,
        args: again(request, ['--dirty', 'leave']),
      },
    ],
    ifDeclined: 'Nothing was created.',
  };
}
