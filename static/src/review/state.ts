/** What the server says of what waits and of comments. */

export interface Waiting {
  readonly project: string;
  readonly version: number;
  readonly name: string;
  readonly shape: unknown;
  readonly own: boolean;
}

export interface CommentPlace {
  readonly lon: number;
  readonly lat: number;
  readonly segment?: number;
  readonly vertex?: number;
  readonly version?: number;
}

export interface ReviewComment {
  readonly id: number;
  readonly field: string | null;
  readonly field_name: string | null;
  readonly text: string;
  readonly place: CommentPlace | null;
  readonly by: string;
  readonly at: string;
  readonly open: boolean;
  readonly resolved_by: string | null;
  readonly may_answer: boolean;
}

export interface Comments {
  readonly may_comment: boolean;
  readonly items: readonly ReviewComment[];
}

/** Where `j` and `k` go: one on or back, never off the list; from nowhere to the first. */
export function stepped(at: number, by: number, count: number): number {
  return at < 0 ? 0 : Math.max(0, Math.min(count - 1, at + by));
}
