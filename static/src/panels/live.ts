/** What a screen reader hears: polite news at most once a second, errors at once. */

const GAP_MS = 1000;

export class LiveRegion {
  private last = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly polite: HTMLElement,
    private readonly assertive: HTMLElement,
  ) {}

  say(text: string): void {
    clearTimeout(this.timer);
    const wait = Math.max(0, this.last + GAP_MS - Date.now());
    this.timer = setTimeout(() => {
      this.last = Date.now();
      this.polite.textContent = text;
    }, wait);
  }

  alarm(text: string): void {
    this.assertive.textContent = text;
  }
}
