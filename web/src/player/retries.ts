/** How a player comes back: it tries after 1, 2, 4 and 8 s, then waits to be asked. */

export const DELAYS_MS = [1_000, 2_000, 4_000, 8_000] as const;
/** So long must it have played for what went wrong before to be forgotten. */
export const HEALTHY_MS = 10_000;

export class Retries {
  private tried = 0;
  private playsSince: number | null = null;

  /** Something broke at `now` (ms). Milliseconds until the next try, or null when there were enough. */
  broke(now: number): number | null {
    if (this.playsSince !== null && now - this.playsSince >= HEALTHY_MS) this.tried = 0;
    this.playsSince = null;
    return DELAYS_MS[this.tried++] ?? null;
  }

  /** It plays, at `now` (ms). */
  plays(now: number): void {
    this.playsSince ??= now;
  }

  /** It does not play for want of data: what it plays next counts from then. */
  starves(): void {
    this.playsSince = null;
  }

  /** Somebody asked: begin anew. */
  reset(): void {
    this.tried = 0;
    this.playsSince = null;
  }

  /** Tries since it last played well. */
  get count(): number {
    return this.tried;
  }
}
