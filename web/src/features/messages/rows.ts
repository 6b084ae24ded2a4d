/** How messages stand below each other: days as headings, series of one person, the line before what is new. */

export interface Placed {
  /** Stable for as long as it is on the page. */
  key: string;
  /** Whose it is; null for what the chat says by itself. */
  author: string | null;
  /** When it was sent, ms. */
  at: number;
  /** Its place in the chat; null for what has not been sent yet, which stands below all others. */
  seq: number | null;
}

export type Row<T extends Placed> =
  | { kind: "day"; key: string; at: number }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: T; first: boolean; last: boolean };

/** After a pause this long a person's next message begins a new series. */
export const SERIES_MS = 5 * 60_000;

export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** Whether `b` goes on with the series that `a` is of. */
function continues(a: Placed | undefined, b: Placed): boolean {
  return (
    a !== undefined && a.author !== null && a.author === b.author && b.at - a.at < SERIES_MS && dayOf(a.at) === dayOf(b.at)
  );
}

/**
 * Rows of messages in their order. `newAfter` is the place up to which one had read when the chat was opened; the line
 * stands before the first later message of somebody else.
 */
export function rowsOf<T extends Placed>(messages: readonly T[], newAfter: number | null, own: string): Row<T>[] {
  const rows: Row<T>[] = [];
  let day = "";
  let lined = newAfter === null;
  messages.forEach((message, index) => {
    const today = dayOf(message.at);
    if (today !== day) {
      day = today;
      rows.push({ kind: "day", key: `day-${today}`, at: message.at });
    }
    let broken = false;
    if (!lined && message.seq !== null && message.seq > (newAfter ?? 0) && message.author !== own) {
      lined = true;
      broken = true;
      rows.push({ kind: "new", key: "new" });
    }
    const before = messages[index - 1];
    const after = messages[index + 1];
    rows.push({
      kind: "message",
      key: message.key,
      message,
      first: broken || !continues(before, message),
      last: !after || !continues(message, after),
    });
  });
  return rows;
}
