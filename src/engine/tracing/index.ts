export { type PassIdentity, type PassSpan, SILENT, startPass } from "./pass-span.ts";
export { endWith, type HasSpan, SPAN_NAMES, type Traced, traced } from "./traced.ts";
