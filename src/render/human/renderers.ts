/** Which renderer shows the answer of which operation. Each is loaded when it is needed. */
import { generic } from './generic.ts';
import type { Render } from './view.ts';

const renderers: Readonly<Record<string, () => Promise<Render>>> = {
  'parallel create': async () => (await import('./create.ts')).create,
  'parallel status': async () => (await import('./status.ts')).status,
  'parallel cleanup': async () => (await import('./cleanup.ts')).cleanup,
  'parallel remove': async () => (await import('./remove.ts')).remove,
  'parallel land': async () => (await import('./land.ts')).land,
  'parallel restore': async () => (await import('./restore.ts')).restore,
  'parallel adopt': async () => (await import('./create.ts')).adopt,
  'parallel conflicts': async () => (await import('./conflicts.ts')).conflicts,
  'parallel path': async () => (await import('./path.ts')).path,
  'parallel sync': async () => (await import('./sync.ts')).sync,
  'dev-session start': async () => (await import('./dev-session-start.ts')).devSessionStart,
  'dev-session end': async () => (await import('./dev-session-end.ts')).devSessionEnd,
  init: async () => (await import('./agents.ts')).install,
  upgrade: async () => (await import('./agents.ts')).install,
  uninstall: async () => (await import('./agents.ts')).install,
  'agents doctor': async () => (await import('./agents.ts')).doctor,
  'trust list': async () => (await import('./trust.ts')).trustList,
  'trust grant': async () => (await import('./trust.ts')).trustGrant,
  'trust revoke': async () => (await import('./trust.ts')).trustRevoke,
  config: async () => (await import('./config.ts')).config,
  demo: async () => (await import('./demo.ts')).demo,
};

/** The renderer of operation `name`; one that shows any data if it has none of its own. */
export async function rendererOf(name: string): Promise<Render> {
  return (await renderers[name]?.()) ?? generic;
}
