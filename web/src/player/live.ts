/** What LIVE means: within the aim and 2 s. All in seconds. */

export const TOLERANCE = 2;
/** Further behind than that after a break, a viewer who was live is brought back there rather than slowly. */
const JUMP = 4;
const END = 0.5;

/** Seconds behind where one would be if one had always followed. */
export function lagOf(position: number, livePosition: number | null): number {
  return livePosition === null ? 0 : Math.max(0, livePosition - position);
}

export function isLive(lag: number): boolean {
  return lag <= TOLERANCE;
}

/** Whether somebody who follows the broadcast and starved is to be moved to its edge. */
export function shouldJump(follows: boolean, lag: number): boolean {
  return follows && lag > JUMP;
}

/**
 * Whether a picture that starves here has come to its end; `end` is null while the broadcast goes on. What exists may end
 * a little before its playlist says: sound and picture are not equally long.
 */
export function atEnd(position: number, end: number | null): boolean {
  return end !== null && position >= end - END;
}

/** Where a step from here leads: never before what can be played, never past the edge (live) or the end. */
export function stepTo(position: number, step: number, first: number, last: number): number {
  return Math.min(Math.max(position + step, first), Math.max(first, last));
}
