/** Where tiles stand (the design's section 6.1). Pure: no page, no pixels but those given. */

export const GAP = 8;
const LEAST_WIDTH = 144;
const LEAST_WIDTH_PHONE = 112;

export interface Tiling {
  columns: number;
  rows: number;
  width: number;
  height: number;
}

/**
 * The widest tiles for `count` of them in a box: for each number of columns the width that fits, the widest wins, at
 * a tie the fewer columns. `ratio` is width by height.
 */
export function tile(count: number, boxWidth: number, boxHeight: number, ratio = 16 / 9): Tiling {
  let best: Tiling = { columns: 1, rows: Math.max(1, count), width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const byWidth = (boxWidth - GAP * (columns - 1)) / columns;
    const byHeight = ((boxHeight - GAP * (rows - 1)) / rows) * ratio;
    const width = Math.max(0, Math.min(byWidth, byHeight));
    if (width > best.width + 1e-6) best = { columns, rows, width, height: width / ratio };
  }
  return best;
}

/** How many tiles stand on one page: at most `wanted`, fewer where they would be too narrow to tell a face. */
export function perPage(wanted: number, boxWidth: number, boxHeight: number, phone = false): number {
  const least = phone ? LEAST_WIDTH_PHONE : LEAST_WIDTH;
  let count = Math.max(1, wanted);
  while (count > 1) {
    const { columns, rows, width } = tile(count, boxWidth, boxHeight);
    if (width >= least) break;
    // A column less, so that the rows still come out even.
    count = Math.max(1, Math.min(count - 1, columns > 1 ? (columns - 1) * rows : rows - 1));
  }
  return count;
}

export interface Place {
  x: number;
  y: number;
}

/** Top left corners, rows centred in the box, the last row too. */
export function places(count: number, tiling: Tiling, boxWidth: number, boxHeight: number): Place[] {
  const { columns, width, height } = tiling;
  const rows = Math.ceil(count / columns);
  const top = (boxHeight - rows * height - (rows - 1) * GAP) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const left = (boxWidth - inRow * width - (inRow - 1) * GAP) / 2;
    return { x: left + (index % columns) * (width + GAP), y: top + row * (height + GAP) };
  });
}
