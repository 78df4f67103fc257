/** Opens the project a call is about, and tells the face. */
import { openProject, type Project } from '../sessions/project.ts';
import type { OperationContext } from './context.ts';

/**
 * The project of the directory the command was started in. Its warnings are passed on, and
 * commands in the answer are spelled with its root from now on.
 * @throws FlightError `not-a-repository`, `bad-config`
 */
export async function projectOf(context: OperationContext): Promise<Project> {
  const project = await openProject(context.git, context.directory, context.env);
  context.located(project.root);
  for (const warning of project.warnings) context.warn(warning);
  return project;
}
