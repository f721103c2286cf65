/** The one door to the server: CSRF header, language, problem+json, and a retry only where it is safe. */

import { language, t } from "../i18n";

export interface ProblemItem {
  readonly code: string;
  readonly level: "error" | "warning" | "info";
  readonly message: string;
  readonly fix?: string | null;
  readonly field?: string | null;
  readonly row?: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: what "where" holds depends on the code of the problem
  readonly where?: any;
}

/** An answer that is not a success, or no answer at all (`status` 0, code "offline"). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: readonly ProblemItem[] = [],
    readonly requestId: string | null = null,
    /** The whole body, for members that belong to one kind of problem (the current version of a 412). */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }

  get offline(): boolean {
    return this.status === 0;
  }

  get expired(): boolean {
    return this.status === 401;
  }

  /** A maintenance window is open: the same is written later. */
  get readOnly(): boolean {
    return this.code === "read_only";
  }

  get stale(): boolean {
    return this.status === 412;
  }
}

export interface Answer<T> {
  readonly data: T;
  readonly etag: string | null;
  readonly status: number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly ifMatch?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Query;
  /** Survives the closing of the page (small bodies only). */
  readonly keepalive?: boolean;
}

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[];
export type Query = Readonly<Record<string, QueryValue>>;

/** Several values of one name are written with commas; empty ones are left out. */
export function withQuery(url: string, query: Query = {}): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(",") : value;
    if (text === null || text === undefined || text === "" || text === false) continue;
    pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(text)).replaceAll("%2C", ",")}`);
  }
  if (pairs.length === 0) return url;
  return `${url}${url.includes("?") ? "&" : "?"}${pairs.join("&")}`;
}

let csrfToken: string | null = null;

function csrf(): string {
  csrfToken ??= document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  return csrfToken;
}

/** After signing in again in another tab the session has a new token: take it from a fresh page. */
export async function renewCsrf(page = "/login"): Promise<void> {
  const answer = await fetch(page, { credentials: "same-origin", headers: { Accept: "text/html" } });
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = parsed.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token) csrfToken = token;
}

const RETRY_AFTER_MS = 400;
const PASSING = new Set([502, 503, 504]);

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function headersFor(method: string, body: unknown, options: RequestOptions): Headers {
  const headers = new Headers(options.headers);
  headers.set("Accept", "application/json, application/problem+json");
  headers.set("Accept-Language", language());
  if (method !== "GET") headers.set("X-CSRFToken", csrf());
  if (options.ifMatch) headers.set("If-Match", options.ifMatch);
  if (body !== undefined && !(body instanceof FormData)) headers.set("Content-Type", "application/json");
  return headers;
}

async function once(method: string, url: string, body: unknown, options: RequestOptions): Promise<Response> {
  const init: RequestInit = {
    method,
    headers: headersFor(method, body, options),
    credentials: "same-origin",
    keepalive: options.keepalive ?? false,
  };
  if (options.signal) init.signal = options.signal;
  if (body !== undefined) init.body = body instanceof FormData ? body : JSON.stringify(body);
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiProblem(0, "offline", t("offline"));
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  let body: Record<string, unknown> = {};
  try {
    body = (await response.json()) as Record<string, unknown>;
  } catch {
    return new ApiProblem(response.status, "unreadable", t("unreadable"));
  }
  return new ApiProblem(
    response.status,
    String(body.code ?? "unknown"),
    String(body.detail ?? body.title ?? t("unreadable")),
    Array.isArray(body.errors) ? (body.errors as ProblemItem[]) : [],
    typeof body.request_id === "string" ? body.request_id : null,
    body,
  );
}

async function request<T>(
  method: string,
  url: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<Answer<T>> {
  const address = withQuery(url, options.query);
  const again = method === "GET"; // a write whose answer was lost may have happened: never repeated by itself
  let response: Response;
  try {
    response = await once(method, address, body, options);
    if (again && PASSING.has(response.status)) {
      await pause(RETRY_AFTER_MS);
      response = await once(method, address, body, options);
    }
  } catch (error) {
    if (!again || !(error instanceof ApiProblem)) throw error;
    await pause(RETRY_AFTER_MS);
    response = await once(method, address, body, options);
  }
  if (!response.ok) throw await problemOf(response);
  const empty = response.status === 204 || response.headers.get("Content-Length") === "0";
  return {
    data: (empty ? undefined : await response.json()) as T,
    etag: response.headers.get("ETag"),
    status: response.status,
  };
}

export const api = {
  /** The full answer with its ETag and status. */
  request,
  get: async <T>(url: string, options?: RequestOptions): Promise<T> =>
    (await request<T>("GET", url, undefined, options)).data,
  post: async <T>(url: string, body?: unknown, options?: RequestOptions): Promise<T> =>
    (await request<T>("POST", url, body, options)).data,
  put: async <T>(url: string, body?: unknown, options?: RequestOptions): Promise<T> =>
    (await request<T>("PUT", url, body, options)).data,
  patch: async <T>(url: string, body?: unknown, options?: RequestOptions): Promise<T> =>
    (await request<T>("PATCH", url, body, options)).data,
  del: async <T = void>(url: string, options?: RequestOptions): Promise<T> =>
    (await request<T>("DELETE", url, undefined, options)).data,
};
