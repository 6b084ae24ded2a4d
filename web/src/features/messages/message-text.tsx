import type { Message } from "../../api/chats";
import { me } from "../../app/session";
import { isOnlyEmoji, piecesOf } from "./text";

/** What somebody wrote: plain words in which addresses are links, people are named, and a few emoji alone are large. */
export function Text({ text, mentions = [], tab = 0 }: { text: string; mentions?: Message["mentions"]; tab?: number }) {
  if (isOnlyEmoji(text)) return <span class="bubble-text emoji">{text}</span>;
  const own = me.value?.id;
  return (
    <span class="bubble-text">
      {piecesOf(text, mentions).map((piece, index) =>
        piece.kind === "link" ? (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow" tabIndex={tab}>
            {piece.text}
          </a>
        ) : piece.kind === "mention" ? (
          <span key={index} class={piece.person === own ? "mention me" : "mention"}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </span>
  );
}
