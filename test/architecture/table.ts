// The dependency rule, as data. The lint overrides in .oxlintrc.json and the table printed in
// docs/ARCHITECTURE.md are derived from it, and layers.test.ts fails when they are not the same.

/** Layers from left to right: one may import any layer of a row below it, never its own row. */
const rows: readonly (readonly string[])[] = [
  ['faces'],
  ['render', 'operations'],
  ['workflow', 'forge', 'trust', 'agents'],
  ['integration'],
  ['safety'],
  ['sessions'],
  ['git'],
  ['kernel'],
];

/** Siblings of which the first may know the types of the second: an outcome is rendered by its shape. */
const typesOnly: Readonly<Record<string, readonly string[]>> = { render: ['operations'] };

export type Layer = {
  readonly name: string;
  readonly may: readonly string[];
  readonly mayTypes: readonly string[];
};

export const layers: readonly Layer[] = rows.flatMap((row, at) =>
  row.map((name) => ({ name, may: rows.slice(at + 1).flat(), mayTypes: typesOnly[name] ?? [] })),
);

/** Modules with fewer importers than their layer has. `module` is a path in src without its ending. */
export const guarded = [
  {
    module: 'git/permit',
    importers: ['git', 'safety', 'integration'],
    why: 'permits are minted only where the check is made',
  },
  {
    module: 'kernel/processes',
    importers: ['kernel', 'git', 'forge', 'trust'],
    why: 'git is run by src/git, forges by src/forge, commands of the user by src/trust',
  },
] as const;

/** The one file that starts processes. */
export const processStarter = 'kernel/processes.ts';

/** What only the faces and main.ts touch. */
export const terminal = ['stdout', 'stderr', 'stdin', 'argv', 'exit', 'exitCode'] as const;

/** Above this a file has more than one subject. 200 is long, 300 a reason to split. */
export const maxLines = 400;

/** The only barrel: the table of all operations. */
export const barrels: readonly string[] = ['operations/index.ts'];

export function markdownTable(): string {
  const lines = layers.map(({ name, may, mayTypes }) => {
    const all = [...may, ...mayTypes.map((other) => `${other} (types only)`)];
    return `| \`${name}\` | ${all.length === 0 ? 'nothing' : all.join(', ')} |`;
  });
  return ['| layer | may import |', '| --- | --- |', ...lines].join('\n');
}
