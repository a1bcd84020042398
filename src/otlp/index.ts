export { exportSpans } from "./export.ts";
export { encodeJson, jsonChunks } from "./json.ts";
export { encodeProtobuf } from "./protobuf.ts";
export type { ExportResult, Refusal } from "./result.ts";
export {
  type ExportProtocol,
  type ExportSettings,
  ExportSettingsError,
  printableEndpoint,
  settingsFromEnvironment,
} from "./settings.ts";
