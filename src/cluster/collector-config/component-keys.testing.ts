/**
 * The settings of the collector's components that we may use, from the documentation of each in release 0.161.0
 * (README.md and config.go beside the component). A collector refuses to start with any other.
 */

/** `true`: any value; an object: these settings and no others; a list: each item like this. */
export type Keys = true | { readonly [key: string]: Keys } | readonly [Keys];

const tls = {
  insecure: true,
  insecure_skip_verify: true,
  ca_file: true,
  cert_file: true,
  key_file: true,
} as const;

/** https://github.com/open-telemetry/opentelemetry-collector/blob/main/exporter/exporterhelper/README.md */
const exporterHelper = {
  timeout: true,
  retry_on_failure: {
    enabled: true,
    initial_interval: true,
    max_interval: true,
    max_elapsed_time: true,
    multiplier: true,
    randomization_factor: true,
  },
  sending_queue: {
    enabled: true,
    num_consumers: true,
    wait_for_result: true,
    block_on_overflow: true,
    sizer: true,
    queue_size: true,
    storage: true,
    batch: {
      flush_timeout: true,
      min_size: true,
      max_size: true,
      sizer: true,
      partition: { metadata_keys: true },
    },
  },
} as const;

const otlp = {
  endpoint: true,
  tls,
  headers: { Authorization: true },
  compression: true,
  ...exporterHelper,
} as const;
const policy = {
  name: true,
  type: true,
  status_code: { status_codes: true },
  string_attribute: { key: true, values: true, enabled_regex_matching: true, cache_max_size: true },
  ottl_condition: { error_mode: true, span: true, spanevent: true },
  probabilistic: { sampling_percentage: true, hash_salt: true },
} as const;

export const COMPONENT_KEYS: Readonly<Record<string, Readonly<Record<string, Keys>>>> = {
  receivers: { otlp: { protocols: { grpc: { endpoint: true, tls }, http: { endpoint: true, tls } } } },
  processors: {
    memory_limiter: { check_interval: true, limit_mib: true, spike_limit_mib: true },
    k8s_attributes: {
      extract: { metadata: true, labels: [{ tag_name: true, key: true, key_regex: true, from: true }] },
      pod_association: [{ sources: [{ from: true, name: true }] }],
      exclude: { pods: [{ name: true }] },
    },
    resource: { attributes: [{ key: true, pattern: true, value: true, action: true }] },
    delta_to_cumulative: { max_stale: true, max_streams: true },
    tail_sampling: {
      sampling_strategy: true,
      decision_wait: true,
      num_traces: true,
      decision_cache: { sampled_cache_size: true, non_sampled_cache_size: true },
      policies: [policy],
    },
  },
  exporters: {
    otlp_http: otlp,
    otlp_grpc: otlp,
    clickhouse: {
      endpoint: true,
      database: true,
      username: true,
      password: true,
      ttl: true,
      create_schema: true,
      tls,
      ...exporterHelper,
    },
    load_balancing: {
      routing_key: true,
      protocol: { otlp: { tls, timeout: true } },
      resolver: { dns: { hostname: true, port: true, interval: true, timeout: true } },
      ...exporterHelper,
    },
    prometheus: { endpoint: true, metric_expiration: true },
  },
  extensions: {
    health_check: { endpoint: true, path: true },
    file_storage: {
      directory: true,
      timeout: true,
      fsync: true,
      create_directory: true,
      recreate: true,
      compaction: { directory: true, on_start: true, on_rebound: true, cleanup_on_start: true },
    },
  },
};

/** The settings among `value` that `keys` does not have, as paths. */
export function unknownKeys(value: unknown, keys: Keys | undefined, path: string): string[] {
  if (keys === undefined) return [path];
  if (keys === true || typeof value !== "object" || value === null) return [];
  if (isList(keys))
    return Array.isArray(value) ? value.flatMap((item) => unknownKeys(item, keys[0], path)) : [path];
  return Object.entries(value).flatMap(([key, inner]) => unknownKeys(inner, keys[key], `${path}.${key}`));
}

function isList(keys: Keys): keys is readonly [Keys] {
  return Array.isArray(keys);
}
