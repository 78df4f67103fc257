// Stands in for the protocol kit's own shims in the published bundle: without its validator of JSON
// Schemas, a third of the kit, which is for answers to questions that our server never asks.
export { default as process } from 'node:process';

export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('This server validates nothing by JSON Schema.');
  }
}
