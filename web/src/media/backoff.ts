/** When to try again. */

const FIRST_MS = [200, 500, 700];
const LATER_MS = [1_000, 2_000, 4_000, 5_000];
/** For so long after a loss the page tries at least every 700 ms: a media process that restarts is back by then. */
const EAGER_MS = 10_000;

/**
 * Milliseconds to wait before attempt number `attempt` (0 is the first retry), `elapsed` ms after the loss.
 * `jitter` in 0..1 spreads a whole class that lost the same server, but only once the eager time is over.
 */
export function retryDelay(attempt: number, elapsed: number, jitter: number): number {
  if (elapsed < EAGER_MS) return FIRST_MS[Math.min(attempt, FIRST_MS.length - 1)] ?? 700;
  const over = Math.floor((elapsed - EAGER_MS) / 4_000);
  const base = LATER_MS[Math.min(over, LATER_MS.length - 1)] ?? 5_000;
  return base * (0.75 + 0.5 * jitter);
}
