/** What many pages would do in the same moment: each does it a little later, at most so often, and once for all that happened. */
export class Calm {
  private last = -Infinity;
  private due = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  /** `run` is done `everyMs` apart at least, counted from what it says to be `done`. */
  constructor(
    private readonly run: () => void,
    private readonly everyMs: number,
  ) {}

  /** After so many ms, or sooner when that was asked for already. */
  soon(afterMs: number): void {
    const now = Date.now();
    const wanted = Math.max(now + afterMs, this.last + this.everyMs);
    if (this.timer !== null && this.due <= wanted) return;
    this.stop();
    this.due = wanted;
    this.timer = setTimeout(() => {
      this.timer = null;
      this.run();
    }, wanted - now);
  }

  /** It has been done just now. */
  done(): void {
    this.last = Date.now();
  }

  /** What was asked for is not done any more. */
  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
