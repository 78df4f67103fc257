/** `init`, `upgrade`, `uninstall`: file by file. `agents doctor`: agent by agent. */
import { visible } from '../../kernel/visible.ts';
import { beside, indent, table, wrap } from '../text.ts';
import { renderer, type View } from './view.ts';
import { count, shown } from './words.ts';

interface Part {
  readonly path: string;
  readonly surface?: string;
  readonly at?: readonly string[];
  readonly did: string;
  readonly why?: string;
}

interface InstallData {
  readonly root: string;
  readonly dryRun: boolean;
  readonly agents: readonly string[];
  readonly files: readonly Part[];
}

const order = ['written', 'updated', 'removed', 'kept', 'missing', 'failed'];

export const install = renderer<InstallData>((data, view) => {
  const { files, dryRun } = data;
  const unchanged = files.filter(({ did }) => did === 'unchanged').length;
  const told = order.flatMap((did) => files.filter((part) => part.did === did));
  const doing = told.some(({ did }) => ['written', 'updated', 'removed'].includes(did));
  const rest = unchanged === 0 ? '' : ` ${count(unchanged, 'part')} as it should be.`;
  const head = doing
    ? `${dryRun ? 'This would change, in' : 'Done, in'} ${shown(data.root, view)}:`
    : `Nothing to do in ${shown(data.root, view)}.${rest}`;
  return [
    head,
    ...indent(table(gathered(told, view)), 2),
    ...(doing && rest !== '' ? [rest.trim()] : []),
  ];
});

/** A row each; the hooks in one file are one. */
function gathered(parts: readonly Part[], view: View): readonly (readonly string[])[] {
  const rows = new Map<string, { readonly cells: readonly string[]; readonly many: number }>();
  for (const part of parts) {
    const hooks = part.at?.[0] === 'hooks';
    const key = `${word(part, view)} ${part.path} ${hooks ? 'hooks' : place(part)}`;
    const many = (rows.get(key)?.many ?? 0) + 1;
    const where = hooks && many > 1 ? `${visible(part.path)}: ${many} hooks` : place(part);
    rows.set(key, { cells: [word(part, view), where], many });
  }
  return [...rows.values()].map(({ cells }) => cells);
}

function word({ did, why }: Part, view: View): string {
  const text = did === 'kept' || did === 'failed' ? `${did}, ${visible(why ?? '')}` : did;
  return did === 'failed' ? view.theme.problem(text) : text;
}

interface Place {
  readonly path: string;
  readonly at?: readonly string[];
  readonly surface?: string;
}

/** A file of ours, or what is ours in somebody else's. */
function place({ path, at, surface }: Place): string {
  if (at !== undefined) return `${visible(path)}: ${visible(at.join('.'))}`;
  if (surface === 'instructions') return `${visible(path)}: our block`;
  return surface === 'gitattributes' ? `${visible(path)}: our line` : visible(path);
}

interface DoctorPart {
  readonly path: string;
  readonly surface?: string;
  readonly at?: readonly string[];
  readonly state: string;
  readonly why?: string;
}

interface DoctorData {
  readonly root: string;
  readonly version: string;
  readonly agents: readonly {
    readonly name: string;
    readonly found: boolean;
    readonly chosen: boolean;
    readonly trusted: boolean | null;
    readonly trustNote?: string;
    readonly files: readonly DoctorPart[];
  }[];
  readonly project: readonly DoctorPart[];
}

export const doctor = renderer<DoctorData>((data, view) => [
  ...data.agents.flatMap((agent) => {
    const { name, found, chosen, trusted, trustNote, files } = agent;
    if (!chosen) return [`${visible(name)}: not chosen${found ? ', found here' : ''}`];
    return [
      `${view.theme.heading(visible(name))}: ${summary(files)}${trustWord(trusted)}`,
      ...odd(files, view),
      ...(trustNote === undefined ? [] : indent(wrap(`${visible(trustNote)}.`, view.width - 4), 4)),
    ];
  }),
  ...(data.project.length === 0
    ? []
    : [
        `${view.theme.heading('The project')}: ${summary(data.project)}`,
        ...odd(data.project, view),
      ]),
]);

function trustWord(trusted: boolean | null): string {
  if (trusted === null) return ', whether it trusts this folder is unknown';
  return trusted ? '' : ', not trusted yet';
}

function summary(files: readonly DoctorPart[]): string {
  const states = [...new Set(files.map(({ state }) => state))];
  const counted = states.map(
    (state) => `${files.filter((file) => file.state === state).length} ${state}`,
  );
  return counted.length === 0 ? 'nothing installed' : counted.join(', ');
}

/** What is not as it should be, with the reason. */
function odd(files: readonly DoctorPart[], view: View): readonly string[] {
  const told = files.filter(({ state }) => state !== 'installed');
  return told.flatMap((file) => {
    const line = `    ${file.state}  `;
    const why = file.why === undefined ? [] : indent(wrap(visible(file.why), view.width - 6), 6);
    return [...beside(line, place(file), view.width), ...why];
  });
}
