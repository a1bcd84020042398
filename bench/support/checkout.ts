import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout whose program is measured. This file is bundled into its bench, which runs as dist/bench/NAME.mjs. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
