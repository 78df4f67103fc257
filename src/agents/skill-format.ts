/**
 * Does a skill keep to the Agent Skills format? Its rules, without which a strict client does not
 * load it: the name, its folder, the lengths, the keys and their types. Pure.
 */
import { readFrontMatter } from './front-matter.ts';

/** Keys of the format. Clients have further ones of their own, which others pass over. */
const standard = ['name', 'description', 'license', 'compatibility', 'metadata', 'allowed-tools'];
const claudeOnly = [
  'argument-hint',
  'disable-model-invocation',
  'user-invocable',
  'model',
  'context',
  'agent',
  'hooks',
];

/**
 * What is wrong with a skill, one sentence each; none if it is well-formed.
 * @param folder the name of the folder that holds the `SKILL.md`
 * @param client `claude`: its own keys are allowed too
 */
export function skillProblems(
  text: string,
  folder: string,
  client: 'any' | 'claude' = 'any',
): readonly string[] {
  const read = readFrontMatter(text);
  if (read.kind === 'none') return ['It does not begin with a front matter block.'];
  if (read.kind === 'unknown') return [`Its front matter cannot be judged: ${read.line.trim()}`];
  const { values, body } = read;
  const known = client === 'claude' ? [...standard, ...claudeOnly] : standard;
  const problems = [...values.keys()]
    .filter((key) => !known.includes(key))
    .map((key) => `${key} is no key of the format.`);
  problems.push(...nameProblems(values.get('name'), folder));
  problems.push(...lengthProblems('description', values.get('description'), 1024, 'needed'));
  problems.push(...lengthProblems('compatibility', values.get('compatibility'), 500, 'optional'));
  const metadata = values.get('metadata');
  if (metadata !== undefined && !(metadata instanceof Map)) {
    problems.push('metadata is not a map of texts.');
  }
  if (body.trim() === '') problems.push('It says nothing after its front matter.');
  return problems;
}

function nameProblems(name: unknown, folder: string): readonly string[] {
  if (typeof name !== 'string') return ['name is missing.'];
  const problems: string[] = [];
  if (name.length > 64) problems.push('name is longer than 64 characters.');
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(name)) {
    problems.push('name may hold only lower-case letters, digits and single hyphens between them.');
  }
  if (name !== folder) problems.push(`name is ${name}, and its folder ${folder}.`);
  return problems;
}

function lengthProblems(
  key: string,
  value: unknown,
  most: number,
  need: 'needed' | 'optional',
): readonly string[] {
  if (value === undefined) return need === 'needed' ? [`${key} is missing.`] : [];
  if (typeof value !== 'string') return [`${key} is not a text.`];
  if (value.trim() === '') return [`${key} is empty.`];
  return value.length > most ? [`${key} is longer than ${most} characters.`] : [];
}
