/**
 * Tools as the protocol lists them: closed input schemas made of the operation's own, one open
 * output schema for whatever is answered, and hints made of its effect. Kept small: clients put
 * the list into every conversation.
 */
import { requiredFields } from '../../operations/define.ts';
import { toJSONSchema, type Tool } from './kit.ts';
import {
  breakLockArgument,
  directoryArgument,
  type LoadedTool,
  type Parameter,
} from './toolbox.ts';

type JsonSchema = Readonly<Record<string, unknown>>;
type Properties = NonNullable<Tool['inputSchema']['properties']>;

export function listedTool(tool: LoadedTool): Tool {
  const { is, also } = tool;
  const read = is.effect === 'read';
  return {
    name: tool.name,
    description: `${is.summary}.${also === undefined ? '' : ` ${also}`}`,
    inputSchema: inputSchema(tool),
    outputSchema: envelope,
    annotations: {
      // what is left out is `false`
      ...(read
        ? { readOnlyHint: true }
        : {
            destructiveHint: is.effect === 'destructive',
            ...(tool.idempotent ? { idempotentHint: true } : {}),
          }),
      openWorldHint: tool.network,
    },
  };
}

/** Closed: an argument that is not known is an error. */
function inputSchema(tool: LoadedTool): Tool['inputSchema'] {
  const { is, parameters } = tool;
  const schema: JsonSchema = { ...toJSONSchema(is.input, { io: 'input' }) };
  const fields = isObject(schema['properties']) ? schema['properties'] : {};
  const required = requiredFields(is);
  const own: Record<string, Properties[string]> = {};
  for (const [name, parameter] of parameters) {
    own[name] = property(fields[parameter.field], parameter);
  }
  const needed = [...parameters].filter(([, { field }]) => required.has(field));
  return {
    type: 'object',
    properties: {
      ...own,
      [directoryArgument]: { type: 'string' },
      ...(is.effect === 'read' ? {} : { [breakLockArgument]: { type: 'string' } }),
    },
    ...(needed.length === 0 ? {} : { required: needed.map(([name]) => name) }),
    additionalProperties: false,
  };
}

function property(schema: unknown, { spec }: Parameter): Properties[string] {
  const { default: _, ...kept } = isObject(schema) ? schema : {};
  // the values say that it is a text
  if ('enum' in kept) delete kept['type'];
  return { ...kept, description: spec.about };
}

/** What every command answers: done, a decision, or an error (`schemas/envelope.json`). */
const envelope: NonNullable<Tool['outputSchema']> = {
  type: 'object',
  properties: {
    ok: { type: 'boolean' },
    data: {},
    decision: {},
    error: {},
  },
  required: ['ok'],
};

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
