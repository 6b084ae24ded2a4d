import { signal } from "@preact/signals";
import type { Problem } from "./types";

/** The operator lets administrators in only with a second step, and whoever is here has none yet. */
export const secondStepOwed = signal(false);

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

/** What a request carries besides its address. */
export interface Sent {
  body?: unknown;
  /** A file, instead of a JSON body. */
  file?: Blob;
  /** The version that is edited (If-Match). */
  etag?: string;
  /** Makes a creating call safe to send again (Idempotency-Key). */
  key?: string;
  timeoutMs?: number;
  /** Goes on when the page is left. */
  outlives?: boolean;
}

/** Sends one request; resolves with the JSON body (undefined for 204), rejects with `ApiError`. */
export async function call<T>(method: Method, path: string, body?: unknown, timeoutMs = TIMEOUT_MS): Promise<T> {
  return (await send<T>(method, path, body === undefined ? { timeoutMs } : { body, timeoutMs })).data;
}

/** The same with all that HTTP has for it; resolves with the body and its ETag. */
export async function send<T>(method: Method, path: string, sent: Sent = {}): Promise<{ data: T; etag: string | null }> {
  const { body, file, etag, key, timeoutMs = TIMEOUT_MS, outlives = false } = sent;
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-Sfera"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (file) headers["Content-Type"] = file.type || "application/octet-stream";
  if (etag !== undefined) headers["If-Match"] = etag;
  if (key !== undefined) headers["Idempotency-Key"] = key;
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      keepalive: outlives,
      signal: AbortSignal.timeout(timeoutMs),
      ...(file ? { body: file } : body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError({ status: 0, code: "offline" });
  }
  const version = response.headers.get("ETag");
  if (response.status === 204) return { data: undefined as T, etag: version };
  const data: unknown = await response.json().catch(() => null);
  if (response.ok) return { data: data as T, etag: version };
  const problem = asProblem(response.status, data);
  if (problem.code === "second_step_required") secondStepOwed.value = true;
  throw new ApiError(problem, retryAfter(response));
}

/** A new key for a creating call: 128 random bits, also where a page without https has no `randomUUID`. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
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
