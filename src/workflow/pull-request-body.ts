/** The text of a pull request: the summary as it was given, and the goals below it. Pure. */
import { oneLine } from './one-line.ts';

export function pullRequestBody(summary: string, goals: readonly string[]): string {
  const list = goals.map((goal) => `- ${oneLine(goal)}`).join('\n');
  if (summary.trim() === '') return list;
  return list === '' ? summary : `${summary.trimEnd()}\n\n## Goals\n\n${list}\n`;
}
