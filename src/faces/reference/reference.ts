/**
 * The references that are generated: pages for people, schemas for programs. Not part of the
 * program: `scripts/docs.mjs` bundles and runs it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { packageTexts } from '../../agents/texts.ts';
import { operations } from '../../operations/index.ts';
import { besideCommands } from '../beside.ts';
import { agentsPage } from './agents.ts';
import { commandsPage } from './commands.ts';
import { envelopeSchema } from './envelope.ts';
import { errorsPage } from './errors.ts';
import { pluginFiles, type PackageFacts } from './plugin.ts';
import { toolList, withToolTable } from './tools.ts';

/**
 * Each generated file: path in the repository -> text.
 * @param root of the repository
 */
export async function reference(root: string): Promise<Readonly<Record<string, string>>> {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const texts = await packageTexts(join(root, 'templates'));
  const all = await Promise.all(operations.map((entry) => entry.load()));
  const files: Record<string, string> = {
    'docs/commands.md': commandsPage(all, besideCommands),
    'docs/errors.md': errorsPage(),
    'docs/agents.md': agentsPage(read('docs/agents.md'), texts),
    ...pluginFiles(packageFacts(read), texts.commands),
    'docs/mcp.md': await withToolTable(read('docs/mcp.md')),
    'schemas/envelope.json': json(envelopeSchema()),
    'schemas/mcp-tools.json': json(await toolList()),
  };
  for (const { name, input, output } of all) {
    const file = name.replaceAll(' ', '-');
    files[`schemas/${file}.input.json`] = json({
      title: `Input of ${name}`,
      ...z.toJSONSchema(input, { io: 'input' }),
      // inputs are closed: an argument that is not known is an error
      additionalProperties: false,
    });
    files[`schemas/${file}.output.json`] = json({
      title: `data of ${name}`,
      ...z.toJSONSchema(output, { io: 'output', override: open }),
    });
  }
  return files;
}

const About = z.object({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  license: z.string(),
});

function packageFacts(read: (path: string) => string): PackageFacts {
  const about: unknown = JSON.parse(read('package.json'));
  return { ...About.parse(about), licenseText: read('LICENSE') };
}

/** Outputs are open: a later version may say more. */
function open({
  jsonSchema,
}: {
  jsonSchema: { additionalProperties?: unknown; readOnly?: unknown };
}): void {
  delete jsonSchema.readOnly;
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
