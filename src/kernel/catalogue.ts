/**
 * Every error the product can answer, one entry each: exit code, sentences, hints. The error
 * reference is generated from it. A message says what happened, `safe` what is still whole, and
 * the hints which command helps. Codes are stable.
 */
import { agentErrors } from './catalogue/agents.ts';
import { endingErrors } from './catalogue/ending.ts';
import { generalErrors } from './catalogue/general.ts';
import { integrationErrors } from './catalogue/integration.ts';
import { landingErrors } from './catalogue/landing.ts';
import { removalErrors } from './catalogue/removal.ts';
import { restoreErrors } from './catalogue/restore.ts';
import { sessionErrors } from './catalogue/sessions.ts';
import { syncErrors } from './catalogue/sync.ts';
import { workflowErrors } from './catalogue/workflow.ts';

export const catalogue = {
  ...generalErrors,
  ...sessionErrors,
  ...removalErrors,
  ...integrationErrors,
  ...restoreErrors,
  ...workflowErrors,
  ...agentErrors,
  ...endingErrors,
  ...landingErrors,
  ...syncErrors,
};
