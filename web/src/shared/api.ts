import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { ErrorAnswer } from "../../../src/insight/answers/index.ts";

/** Where the questions are answered. */
const API = "/api/v1";

/** A question that got no answer: what the server said, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: ErrorAnswer["error"]["code"] | "unreachable";

  constructor({ code, message, cause }: { code: ApiError["code"]; message: string; cause?: unknown }) {
    super(message, { cause });
    this.code = code;
  }
}

/** Parameters of a question. What is undefined or empty is left out. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** The path of a question under `/api/v1`, with its parameters: also the key under which its answer is kept. */
export function questionPath(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/**
 * Asks the server, `path` as {@link questionPath} makes it.
 *
 * @throws ApiError when the server cannot be reached or answers with a status of 400 and above.
 */
export async function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await reach(`${API}/${path}`, signal);
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as Answer;
}

async function reach(address: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(address, { headers: { accept: "application/json" }, ...(signal && { signal }) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError({
      code: "unreachable",
      message: `The server at ${location.host} does not answer.`,
      cause,
    });
  }
}

async function refusalOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as ErrorAnswer;
    return new ApiError(error);
  } catch (cause) {
    const message = `The server answered ${response.status} without saying why.`;
    return new ApiError({ code: "fault", message, cause });
  }
}

/**
 * The answer to a question, kept and asked again when data comes. While the next answer is on its way, the last one stays
 * (`isPlaceholderData`), so that a page does not flicker. An undefined path asks nothing.
 */
export function useAnswer<Answer>(path: string | undefined): UseQueryResult<Answer, Error> {
  return useQuery({
    queryKey: [path ?? ""],
    queryFn: ({ signal }) => ask<Answer>(path ?? "", signal),
    enabled: path !== undefined,
    placeholderData: keepPreviousData,
  });
}
