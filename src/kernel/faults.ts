/**
 * The fault switch of the crash tests. `__FAULTS__` is a build-time constant: in release builds it
 * is `false` and every call is dropped from the bundle.
 *
 * A point is named `<step>:<moment>`. `FLIGHT_RULES_FAULT=<point>` kills this very process there
 * with SIGKILL (nothing is flushed, no handler runs); `<point>@stop` stops it with SIGSTOP;
 * `<point>#<n>` strikes at the n-th passing. `FLIGHT_RULES_FAULT_LOG=<file>` appends the name of
 * each point passed, which is how the sweep learns which points there are.
 */
import { appendFileSync } from 'node:fs';

let passed = 0;

/** Dies or stops here, if the crash test running us asked for it. No-op in release builds. */
export function faultPoint(point: string): void {
  if (!__FAULTS__) return;
  const log = process.env['FLIGHT_RULES_FAULT_LOG'];
  if (log !== undefined) appendFileSync(log, `${point}\n`);
  const wanted = process.env['FLIGHT_RULES_FAULT'];
  if (wanted === undefined) return;
  const match = /^(?<name>.*?)(?:#(?<nth>\d+))?(?<stop>@stop)?$/u.exec(wanted);
  if (match?.groups?.['name'] !== point) return;
  passed += 1;
  if (passed !== Number(match.groups['nth'] ?? '1')) return;
  process.kill(process.pid, match.groups['stop'] === undefined ? 'SIGKILL' : 'SIGSTOP');
}
