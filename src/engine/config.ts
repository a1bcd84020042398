/** What Tekton keeps in its ConfigMaps `feature-flags` and `config-defaults` (docs/additional-configs.md). */
export interface EngineConfig {
  /** `default-timeout-minutes`, in milliseconds; 0 is no limit. */
  defaultTimeoutMillis: number;
  /** `max-result-size`: bytes of a step's termination message. */
  maxResultBytes: number;
  /** `default-max-matrix-combinations-count`. */
  maxMatrixCombinations: number;
  /** `default-service-account`. */
  serviceAccountName: string;
  /** `default-managed-by-label-value`. */
  managedByLabel: string;
  /** Variables that step containers get besides the context: where telemetry goes. Absent: steps are told no endpoint. */
  otlpEndpoint?: string;
}

/** Every feature is on: a laptop has no administrator who would have to allow alpha fields. */
export const DEFAULT_CONFIG: EngineConfig = {
  defaultTimeoutMillis: 60 * 60 * 1000,
  maxResultBytes: 4096,
  maxMatrixCombinations: 256,
  serviceAccountName: "default",
  managedByLabel: "tekton-pipelines",
};
