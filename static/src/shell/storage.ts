/** Small settings of this browser; a browser that keeps nothing is no reason to fail. */

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; the setting then lasts as long as the page.
  }
}
