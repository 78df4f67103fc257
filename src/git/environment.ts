/**
 * The environment git runs in: what the user set for git in general, nothing that points it at
 * another repository. Inside a hook `GIT_DIR`, `GIT_INDEX_FILE` and their kin name somebody
 * else's repository; inherited, they would redirect every call of ours.
 */
import { operationVariable } from '../kernel/marked-processes.ts';

const allowed = new Set([
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_ASKPASS',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_EXEC_PATH',
  'GIT_SSL_CAINFO',
  'GIT_SSL_NO_VERIFY',
  'GIT_HTTP_PROXY_AUTHMETHOD',
]);

/** Variables of ours that steer this process and must not leak into what it starts. */
const internal = [operationVariable, 'FLIGHT_RULES_FAULT', 'FLIGHT_RULES_FAULT_LOG'];

/**
 * The environment for git, made of the one we were started with.
 * @param inherited the environment of this process
 */
export function gitEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env = userEnvironment(inherited);
  // an agent has no keyboard: a credential prompt would hang for ever
  env['GIT_TERMINAL_PROMPT'] = '0';
  // messages are matched in two places (see `retry.ts`); texts of commits stay as they are
  env['LC_MESSAGES'] = 'C';
  env['LANGUAGE'] = '';
  // LC_ALL would win over LC_MESSAGES; what it said about characters is kept in LC_CTYPE
  const all = env['LC_ALL'];
  if (all !== undefined) {
    delete env['LC_ALL'];
    env['LC_CTYPE'] = all;
  }
  // no index refresh, no lock an agent could trip over; verbs that write do so by themselves
  env['GIT_OPTIONAL_LOCKS'] = '0';
  // an editor would wait for somebody who is not there
  env['GIT_EDITOR'] = ':';
  env['GIT_SEQUENCE_EDITOR'] = ':';
  env['GIT_PAGER'] = 'cat';
  return env;
}

/** What keeps git from fetching: in a partial clone reading would write objects, over the network. */
export const offline: Readonly<Record<string, string>> = {
  GIT_ALLOW_PROTOCOL: '',
  // git 2.45 and newer
  GIT_NO_LAZY_FETCH: '1',
};

/** What programs of the user's (hooks, verification, gh) get: the same, without our settings. */
export function userEnvironment(
  inherited: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined) continue;
    if (name.startsWith('GIT_') && !allowed.has(name)) continue;
    if (internal.includes(name)) continue;
    env[name] = value;
  }
  return env;
}
