/** Options that several commands have. */
import { Option } from "commander";

/** `--data`: where the store is. */
export function dataOption(): Option {
  return new Option("--data <directory>", "data directory (default: THROUGHLINE_DATA, else .throughline)");
}

/** `--server`: a server to talk to in place of the one that has the data directory open. */
export function serverOption(): Option {
  return new Option("--server <url>", "a running server, e.g. http://127.0.0.1:4000");
}

/** `--token`: what that server asks for. */
export function tokenOption(): Option {
  return new Option("--token <token>", "the server's token (default: THROUGHLINE_TOKEN)");
}
