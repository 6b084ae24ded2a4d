import { number } from "../i18n";

interface BadgeProps {
  count: number;
  /** The same for a reader, in words. */
  words: string;
  /** A thing one does not want to be called to: grey. */
  muted?: boolean;
}

const MOST = 99;

/** How much waits: a number to 99+, for a reader always with words. */
export function Badge({ count, words, muted = false }: BadgeProps) {
  if (count <= 0) return null;
  return (
    <span class={muted ? "count-badge muted" : "count-badge"}>
      <span class="num" aria-hidden="true">
        {count > MOST ? `${MOST}+` : number(count)}
      </span>
      <span class="hidden-text">{words}</span>
    </span>
  );
}
