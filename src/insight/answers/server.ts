/** How the server is, and what it says when it cannot answer. */

/** How the server is, for the dot that says when data last came. */
export interface StatusAnswer {
  version: string;
  health: "ok" | "refusing" | "failed";
  reason?: string;
  /** When spans were last kept by this process. */
  lastDataTime?: string;
  /** About how many spans are stored. */
  spans: number;
}

/** What an HTTP request that fails is answered, with a status of 400 and above. */
export interface ErrorAnswer {
  error: { code: "badRequest" | "notFound" | "unauthorized" | "busy" | "fault"; message: string };
}
