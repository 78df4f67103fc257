/**
 * What is used of the protocol kit, and nothing more. The build bundles this module with all of
 * the kit into a file of its own (`scripts/build.mjs`): only `flight-rules mcp` reads it.
 */
export { McpServer, ProtocolError, parseJSONRPCMessage } from '@modelcontextprotocol/server';
export { serveStdio } from '@modelcontextprotocol/server/stdio';
// The kit's copy, which reads our schemas as well: in ours every command would carry it.
export { toJSONSchema } from 'zod/mini';
export type {
  CallToolResult,
  GetPromptResult,
  JSONRPCMessage,
  Prompt,
  Tool,
  Transport,
} from '@modelcontextprotocol/server';
