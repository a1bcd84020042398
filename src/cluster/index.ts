export { type Collector, type CollectorOptions, startCollector } from "./collector.ts";
export * from "./collector-config/index.ts";
