/** Storing versions: If-Match against the version the drawing began from, and what to do when it is refused. */

import { type Answer, ApiProblem, api } from "../api/client";
import type { GeometryStatus, StoredGeometry } from "../api/types";
import type { DraftContent, RemoteDraft } from "../draw/drafts";
import type { Drawing } from "../draw/drawing";
import { fromGeometries, toFeatureCollection } from "../draw/geojson";

export function projectUrl(code: string, rest = ""): string {
  return `/api/v1/projects/${encodeURIComponent(code)}${rest}`;
}

export interface Stored {
  readonly geometry: StoredGeometry;
  readonly etag: string;
}

function stored({ data, etag }: Answer<StoredGeometry>): Stored {
  return { geometry: data, etag: etag ?? `"g${data.version}"` };
}

export async function loadGeometry(code: string): Promise<Stored> {
  return stored(await api.request<StoredGeometry>("GET", projectUrl(code, "/geometry")));
}

/** Drawing of a stored version: its segments in order. */
export function drawingOf(geometry: StoredGeometry): Drawing {
  const segments = [...geometry.segments].sort((a, b) => a.seq - b.seq);
  return fromGeometries(
    segments.length > 0 ? segments.map((segment) => segment.geometry) : [geometry.geometry],
  );
}

export interface Submission {
  readonly status: Extract<GeometryStatus, "DRAFT" | "SUBMITTED">;
  readonly note: string | null;
  readonly typed: readonly string[];
}

export async function storeGeometry(
  code: string,
  drawing: Drawing,
  etag: string,
  submission: Submission,
): Promise<Stored> {
  const { status, note, typed } = submission;
  const body = toFeatureCollection(drawing, {
    status,
    source: typed.length > 0 ? "typed" : "drawn",
    ...(note ? { note } : {}),
    ...(typed.length > 0 ? { original: { typed } } : {}),
  });
  const options = { ifMatch: etag };
  return stored(await api.request<StoredGeometry>("PUT", projectUrl(code, "/geometry"), body, options));
}

/** The draft on the server, null when there is none. */
export async function loadDraft(code: string): Promise<RemoteDraft | null> {
  try {
    const draft = await api.get<RemoteDraft | null>(projectUrl(code, "/draft"));
    return draft && isDraft(draft.content) ? draft : null;
  } catch (error) {
    // None that can be reached now: the copy in the browser decides.
    if (error instanceof ApiProblem) return null;
    throw error;
  }
}

/** Codes of the projects of which the person keeps a draft on the server; none while it cannot be asked. */
export async function loadDrafted(): Promise<ReadonlySet<string>> {
  try {
    const { projects } = await api.get<{ readonly projects: readonly string[] }>("/api/v1/drafts");
    return new Set(projects);
  } catch (error) {
    if (error instanceof ApiProblem) return new Set();
    throw error;
  }
}

export function isDraft(content: unknown): content is DraftContent {
  const drawing = (content as DraftContent | null)?.drawing;
  return Array.isArray(drawing?.segments) && typeof drawing.nextId === "number";
}

export async function sendDraft(code: string, content: DraftContent, base_version: number): Promise<void> {
  await api.put(projectUrl(code, "/draft"), { content, base_version });
}

export async function dropDraft(code: string): Promise<void> {
  await api.del(projectUrl(code, "/draft"));
}
