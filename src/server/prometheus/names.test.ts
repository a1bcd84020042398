import { expect, it } from "vitest";
import { labelName, metricName } from "./names.ts";

it.each([
  ["tekton.task.duration", "s", "histogram", "tekton_task_duration_seconds"],
  ["tekton.task.artifact.size", "By", "gauge", "tekton_task_artifact_size_bytes"],
  ["tekton.task.completions", "{completion}", "counter", "tekton_task_completions"],
  ["requests_total", "1", "counter", "requests"],
  ["requests_total", "1", "gauge", "requests_total_ratio"],
  ["cpu.utilization", "1", "gauge", "cpu_utilization_ratio"],
  ["network.io", "By/s", "gauge", "network_io_bytes_per_second"],
  ["queue", "{item}/s", "gauge", "queue_per_second"],
  ["already_seconds", "s", "gauge", "already_seconds"],
  ["a..b--c", "", "gauge", "a_b_c"],
  ["2fast", "", "gauge", "_2fast"],
  ["größe", "", "gauge", "gr_e"],
  ["odd", "furlong", "gauge", "odd_furlong"],
] as const)("calls %s in %s, a %s, %s", (name, unit, type, expected) => {
  expect(metricName(name, unit, type).name).toBe(expected);
});

it.each([
  ["http.method", "http_method"],
  ["1st", "key_1st"],
  ["__name__", "_name_"],
  ["le", "exported_le"],
])("calls the attribute %s %s", (key, expected) => {
  expect(labelName(key)).toBe(expected);
});
