// The same table as lint rules, so that an editor shows a forbidden import while it is typed.
import { guarded, layers, type Layer, processStarter, terminal } from './table.ts';

const childProcess = {
  group: ['node:child_process', 'child_process'],
  message: `Only src/${processStarter} starts processes.`,
};

type Pattern = { group: string[]; message: string; allowTypeImports?: true };

function patterns(layer: Layer): Pattern[] {
  const others = layers.map(({ name }) => name).filter((name) => name !== layer.name);
  const forbidden = others.filter(
    (name) => !layer.may.includes(name) && !layer.mayTypes.includes(name),
  );
  const found: Pattern[] = [childProcess];
  if (forbidden.length > 0) {
    found.push({
      group: forbidden.map((name) => `**/${name}/**`),
      message: `src/${layer.name} may import only: ${layer.may.join(', ') || 'nothing'}.`,
    });
  }
  for (const name of layer.mayTypes) {
    found.push({
      group: [`**/${name}/**`],
      message: `src/${layer.name} may import only types from ${name}.`,
      allowTypeImports: true,
    });
  }
  for (const { module, importers, why } of guarded) {
    const allowed: readonly string[] = importers;
    if (!allowed.includes(layer.name)) {
      found.push({ group: [`**/${module}.ts`], message: `Not from here: ${why}.` });
    }
  }
  return found;
}

const noTerminal = terminal.map((property) => ({
  object: 'process',
  property,
  message: 'Only src/faces and src/main.ts touch the terminal.',
}));

/** What `overrides` of .oxlintrc.json must begin with, one entry for each layer. */
export function layerOverrides(): unknown[] {
  const perLayer = layers.map((layer) => ({
    files: [`src/${layer.name}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns: patterns(layer) }],
      ...(layer.name === 'faces' ? {} : { 'no-restricted-properties': ['error', ...noTerminal] }),
    },
  }));
  const starter = layers.find(({ name }) => processStarter.startsWith(`${name}/`));
  if (starter === undefined) throw new Error(`${processStarter} is in no layer`);
  const rest = patterns(starter).filter((pattern) => pattern !== childProcess);
  return [
    ...perLayer,
    {
      files: [`src/${processStarter}`],
      rules: { 'no-restricted-imports': ['error', { patterns: rest }] },
    },
  ];
}
