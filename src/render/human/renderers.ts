/** Which renderer shows the answer of which operation. Each is loaded when it is needed. */
import { generic } from './generic.ts';
import type { Render } from './view.ts';

const renderers: Readonly<Record<string, () => Promise<Render>>> = {
  'parallel path': async () => (await import('./path.ts')).path,
};

/** The renderer of operation `name`; one that shows any data if it has none of its own. */
export async function rendererOf(name: string): Promise<Render> {
  return (await renderers[name]?.()) ?? generic;
}
