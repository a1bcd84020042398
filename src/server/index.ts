export { type RunningServer, type ServerOptions, startServer } from "./start.ts";
export { type PortName, ServerStartError } from "./start-error.ts";
