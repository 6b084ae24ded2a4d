import { Heart } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Likes } from "../../api/documents";
import { asApiError, explain } from "../../app/action";
import { showToast } from "../../app/toast";
import { number, t } from "../../i18n";

interface LikeProps {
  likes: number;
  liked: boolean;
  change(liked: boolean): Promise<Likes>;
}

/** One press likes, another takes it back. Nobody is told who. */
export function Like({ likes, liked, change }: LikeProps) {
  const [now, setNow] = useState({ likes, liked });
  const press = async (): Promise<void> => {
    const before = now;
    setNow({ liked: !before.liked, likes: before.likes + (before.liked ? -1 : 1) });
    try {
      setNow(await change(!before.liked));
    } catch (error) {
      setNow(before);
      showToast(explain(asApiError(error)));
    }
  };
  return (
    <button
      type="button"
      class={now.liked ? "button like liked" : "button like"}
      aria-pressed={now.liked}
      aria-label={t("like.label", { count: now.likes })}
      data-testid="like"
      onClick={() => void press()}
    >
      <Heart size={20} strokeWidth={1.75} fill={now.liked ? "currentColor" : "none"} aria-hidden="true" />
      <span class="num" aria-hidden="true">{now.likes > 0 ? number(now.likes) : t("like.do")}</span>
    </button>
  );
}
