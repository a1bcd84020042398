/** Asks a question of whoever has the data: a server that runs, else the store in the data directory. */
import { existsSync } from "node:fs";
import {
  askQuestion,
  type ErrorAnswer,
  type Parameters,
  type Question,
  QuestionError,
} from "../insight/index.ts";
import { StoreError } from "../store/index.ts";
import { Failure } from "./failure.ts";
import { openStore } from "./open-store.ts";
import { serverUrl, tokenAdvice } from "./server-address.ts";
import { dataDirectory, findServer } from "./server-file.ts";
import { printable, type Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

export interface AskOptions {
  server?: string;
  data?: string;
  token?: string;
}

/**
 * Answers a question: from `--server`, else from the server that has the data directory open, else from the store in it.
 * Throws {@link Failure} where the question makes no sense, and where there is nobody to ask.
 */
export async function ask<Answer>(
  question: Question<Answer>,
  parameters: Parameters,
  { options, terminal }: { options: AskOptions; terminal: Terminal },
): Promise<Answer> {
  const token = terminal.env["THROUGHLINE_TOKEN"] || undefined;
  if (options.server !== undefined) {
    const address = serverUrl(options.server).origin;
    return askServer(question, parameters, { address, token: options.token ?? token });
  }
  const directory = dataDirectory(options.data, terminal.env);
  const server = await findServer(directory);
  if (server !== undefined) {
    // What the server wrote down is its token; the variable may be meant for another one.
    return askServer(question, parameters, {
      address: server.ui,
      token: options.token ?? server.token ?? token,
    });
  }
  if (!existsSync(directory)) throw nothingThere(directory);
  return askStore(question, parameters, { directory, terminal });
}

function nothingThere(directory: string): Failure {
  return new Failure(
    `there is no data in ${printable(directory)} yet; bring some in with throughline import FILE, or start a server with throughline up`,
  );
}

async function askStore<Answer>(
  question: Question<Answer>,
  parameters: Parameters,
  { directory, terminal }: { directory: string; terminal: Terminal },
): Promise<Answer> {
  const store = await openStore({ directory }, terminal);
  try {
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    return await askQuestion(question, { store, nowNs, version: VERSION }, parameters);
  } catch (error) {
    if (error instanceof QuestionError) throw refusal(error, question);
    if (error instanceof StoreError && error.reason === "tooExpensive") throw new Failure(error.message);
    throw error;
  } finally {
    await store.close();
  }
}

/** In the words of the command line, where a parameter is an option. */
function refusal({ code, message }: ErrorAnswer["error"], { parameters }: Question<unknown>): Failure {
  if (code === "notFound") return new Failure(`${message}; throughline runs shows what there is`);
  const isOption = parameters.some(
    ({ name, inPath, isRequired }) => !inPath && !isRequired && message.startsWith(`${name}: `),
  );
  return new Failure(isOption ? `--${message}` : message);
}

const ANSWER_MILLIS = 60_000;

async function askServer<Answer>(
  question: Question<Answer>,
  parameters: Parameters,
  { address, token }: { address: string; token: string | undefined },
): Promise<Answer> {
  const response = await reach(urlOf(question, parameters, address), { address, token });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer as Answer;
  const { error } = (answer ?? {}) as Partial<ErrorAnswer>;
  if (response.status === 401) throw new Failure(tokenAdvice(address, token));
  // Somebody else's server may answer anything.
  if (typeof error?.message === "string") throw refusal(error, question);
  throw new Failure(`${address} answered ${response.status}: is it a throughline server?`);
}

function urlOf(question: Question<unknown>, parameters: Parameters, address: string): URL {
  const inPath = new Set(question.parameters.flatMap(({ name, inPath }) => (inPath ? [name] : [])));
  const path = question.path.replaceAll(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(parameters[name] ?? ""),
  );
  const url = new URL(`/api/v1/${path}`, address);
  for (const [name, value] of Object.entries(parameters)) {
    if (!inPath.has(name)) url.searchParams.set(name, value);
  }
  return url;
}

async function reach(
  url: URL,
  { address, token }: { address: string; token: string | undefined },
): Promise<Response> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MILLIS) });
  } catch (cause) {
    const why =
      cause instanceof Error && cause.name === "TimeoutError"
        ? "did not answer in time"
        : "cannot be reached";
    throw new Failure(`${address} ${why}; start a server with: throughline up`);
  }
}
