/** The JSON Schema of what every command answers with `--json`. */

export function envelopeSchema(): Readonly<Record<string, unknown>> {
  const text = { type: 'string' };
  const texts = { type: 'array', items: text };
  const object = (
    properties: Readonly<Record<string, unknown>>,
    required: readonly string[] = Object.keys(properties),
  ): Readonly<Record<string, unknown>> => ({ type: 'object', properties, required });
  const list = (items: unknown): unknown => ({ type: 'array', items });
  const hint = object({ command: text, argv: texts, why: text });
  const warnings = list(object({ code: text, message: text }));
  const common = { schema: { const: 1 }, warnings, next: list(hint) };
  const choice = object(
    {
      value: text,
      label: text,
      effect: text,
      undo: text,
      available: { type: 'boolean' },
      unavailableWhy: text,
      recommended: { type: 'boolean' },
      command: text,
      argv: texts,
    },
    ['value', 'label', 'effect', 'undo', 'available', 'command', 'argv'],
  );
  const input = object({
    flag: text,
    repeatable: { type: 'boolean' },
    suggestions: texts,
    command: text,
    argv: texts,
  });
  const decision = object(
    {
      id: text,
      question: text,
      session: text,
      facts: { type: 'object' },
      choices: list(choice),
      input,
      ifDeclined: text,
    },
    ['id', 'question', 'facts', 'choices', 'ifDeclined'],
  );
  const error = object({ code: text, message: text, hints: list(hint), data: {} }, [
    'code',
    'message',
    'hints',
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'What a command answers with --json',
    oneOf: [
      object({ ...common, ok: { const: true }, data: {} }),
      object({ ...common, ok: { const: false }, error }),
      object({ ...common, ok: { const: false }, decision, data: {} }, [
        ...Object.keys(common),
        'ok',
        'decision',
      ]),
    ],
  };
}
