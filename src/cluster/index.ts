export { type Collector, type CollectorOptions, startCollector } from "./collector.ts";
