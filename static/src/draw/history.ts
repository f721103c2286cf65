/** Undo and redo over whole states: a step that was recorded can be taken back, whatever it was. */

export interface Step<T> {
  readonly state: T;
  /** Words for the live region: "เพิ่มจุด". */
  readonly label: string;
}

export interface History<T> {
  readonly past: readonly Step<T>[];
  readonly present: T;
  readonly future: readonly Step<T>[];
}

const LIMIT = 500;

export function begin<T>(state: T): History<T> {
  return { past: [], present: state, future: [] };
}

/** Record a change. */
export function record<T>(history: History<T>, state: T, label: string): History<T> {
  if (state === history.present) return history;
  const past = [...history.past, { state: history.present, label }].slice(-LIMIT);
  return { past, present: state, future: [] };
}

/** Change the present without a step of its own: the movement between the start and the end of a drag. */
export function amend<T>(history: History<T>, state: T): History<T> {
  return state === history.present ? history : { ...history, present: state };
}

export function undo<T>(history: History<T>): History<T> {
  const step = history.past.at(-1);
  if (!step) return history;
  return {
    past: history.past.slice(0, -1),
    present: step.state,
    future: [{ state: history.present, label: step.label }, ...history.future],
  };
}

export function redo<T>(history: History<T>): History<T> {
  const [step, ...future] = history.future;
  if (!step) return history;
  return {
    past: [...history.past, { state: history.present, label: step.label }],
    present: step.state,
    future,
  };
}
