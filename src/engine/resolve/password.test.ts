import { expect, it } from "vitest";
import { httpGet } from "./http-get.ts";
import { withoutQuery } from "./password.ts";

it("shows URLs without what follows their path, and other texts as they are", () => {
  expect(withoutQuery("https://host/task.yaml?token=secret")).toBe("https://host/task.yaml?…");
  expect(withoutQuery("https://host/task.yaml")).toBe("https://host/task.yaml");
  expect(withoutQuery("what? nothing")).toBe("what? nothing");
});

it("complains about a URL without its query", async () => {
  const failing = httpGet({ url: "http://127.0.0.1:9/task.yaml?token=secret", limitBytes: 1 });
  await expect(failing).rejects.toThrow("cannot fetch http://127.0.0.1:9/task.yaml?…: ");
});
