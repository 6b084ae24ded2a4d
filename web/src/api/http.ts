import type { Problem } from "./types";

/** A request the platform refused, or never answered (`status` 0, code `offline`). */
export class ApiError extends Error {
  readonly problem: Problem;
  /** Seconds to wait before asking again, when the platform said so. */
  readonly retryAfter: number | null;

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.title ?? problem.code);
    this.name = "ApiError";
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

const BASE = "/api/v1";
const TIMEOUT_MS = 15_000;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Sends one request; resolves with the JSON body (undefined for 204), rejects with `ApiError`. */
export async function call<T>(method: Method, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-Sfera"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError({ status: 0, code: "offline" });
  }
  if (response.status === 204) return undefined as T;
  const data: unknown = await response.json().catch(() => null);
  if (response.ok) return data as T;
  throw new ApiError(asProblem(response.status, data), retryAfter(response));
}

function asProblem(status: number, data: unknown): Problem {
  if (typeof data === "object" && data !== null && typeof (data as Problem).code === "string") {
    return { ...(data as Problem), status };
  }
  return { status, code: `http_${status}` };
}

function retryAfter(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null;
}
