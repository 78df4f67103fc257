/**
 * The references that are generated: pages for people, schemas for programs. Not part of the
 * program: `scripts/docs.mjs` bundles and runs it.
 */
import * as z from 'zod/mini';
import { operations } from '../../operations/index.ts';
import { besideCommands } from '../beside.ts';
import { commandsPage } from './commands.ts';
import { envelopeSchema } from './envelope.ts';
import { errorsPage } from './errors.ts';
import { toolList, withToolTable } from './tools.ts';

/**
 * Each generated file: path in the repository -> text.
 * @param read the file as it is, of pages of which only a part is generated
 */
export async function reference(
  read: (path: string) => string,
): Promise<Readonly<Record<string, string>>> {
  const all = await Promise.all(operations.map((entry) => entry.load()));
  const files: Record<string, string> = {
    'docs/commands.md': commandsPage(all, besideCommands),
    'docs/errors.md': errorsPage(),
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
