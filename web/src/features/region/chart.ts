export const WIDE = 640;
export const HIGH = 172;
const FOOT = 24;
const HEAD = 30;

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
  hidden: boolean;
}

/** Where the bars of a chart stand. A hidden count is a low bar of its own kind: it is not nothing. */
export function layOut(counts: readonly (number | null)[], wide = WIDE, high = HIGH - FOOT - HEAD): Bar[] {
  const most = Math.max(5, ...counts.map((count) => count ?? 0));
  const step = wide / Math.max(1, counts.length);
  return counts.map((count, index) => {
    const height = Math.max(count === null ? 6 : count === 0 ? 0 : 3, ((count ?? 0) / most) * high);
    return { x: index * step + step * 0.2, y: HEAD + high - height, width: step * 0.6, height, hidden: count === null };
  });
}
