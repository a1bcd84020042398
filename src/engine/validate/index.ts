export { type Admission, type AdmissionRequest, admit } from "./admit.ts";
export { validatePipelineSpec } from "./pipeline-spec.ts";
export { validateTaskSpec } from "./task-spec.ts";
