export { type Reading, readAs } from "./shape.ts";
export { SPEC_SHAPES } from "./tekton-shapes.ts";
