/** How tall a picture each video slot asks for (the design's section 6.5). */

/** Who gives way last, when too many tiles want a large picture. */
export const RANKS = ["pinned", "floor", "teacher", "spoke", "rest"] as const;
export type Rank = (typeof RANKS)[number];

export interface Wanted {
  /** Track id. */
  track: string;
  /** Height of the tile on the page, CSS pixels; 0 when it is not to be seen. */
  tileHeight: number;
  rank: Rank;
  /** A shared screen: always sharp, and not counted among the cameras. */
  screen?: boolean;
}

const STEPS = [180, 360, 720] as const;
const MAX_AT_720 = 2;
const MAX_AT_360 = 9;
const PHONE_MAX_360 = 1;
const PHONE_MAX_VIDEOS = 6;

/** The lowest height that is good enough for one tile. */
export function heightFor(tileHeight: number, pixelRatio: number): 0 | 180 | 360 | 720 {
  if (tileHeight <= 0) return 0;
  const need = tileHeight * Math.min(pixelRatio, 1.5) * 0.8;
  return STEPS.find((step) => step >= need) ?? 720;
}

/**
 * Heights for all tiles of the page, by track. At most two at 720 and nine at 360; what is over that, in the order
 * pinned, floor, teacher, last spoken, rest, goes one step down. A phone takes six videos, one of them at 360.
 */
export function slotHeights(wanted: readonly Wanted[], pixelRatio: number, phone: boolean): Map<string, number> {
  const heights = new Map<string, number>();
  const cameras = wanted.filter((tile) => !tile.screen);
  for (const tile of wanted) {
    if (tile.screen) heights.set(tile.track, tile.tileHeight > 0 ? (phone ? 720 : 1080) : 0);
  }
  const ordered = cameras
    .map((tile, order) => ({ tile, order }))
    .sort((a, b) => RANKS.indexOf(a.tile.rank) - RANKS.indexOf(b.tile.rank) || a.order - b.order);
  let at720 = 0;
  let at360 = 0;
  let shown = 0;
  for (const { tile } of ordered) {
    let height: number = heightFor(tile.tileHeight, pixelRatio);
    if (height > 0 && phone && ++shown > PHONE_MAX_VIDEOS) height = 0;
    if (height === 720 && (phone || at720 >= MAX_AT_720)) height = 360;
    if (height === 360 && at360 >= (phone ? PHONE_MAX_360 : MAX_AT_360)) height = 180;
    if (height === 720) at720++;
    if (height === 360) at360++;
    heights.set(tile.track, height);
  }
  return heights;
}
