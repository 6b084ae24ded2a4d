import { Clock, CloudOff } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { live } from "../../app/resource";
import { clock, t } from "../../i18n";
import { explainCode } from "../../app/action";
import { Button } from "../../ui/button";
import type { Outgoing } from "./outbox";
import { giveUp, sendAgain } from "./sending";
import { Text } from "./message-text";

interface PendingItemProps {
  pending: Outgoing;
  first: boolean;
  last: boolean;
  stop: boolean;
}

/** A message that takes a moment says so only when it does. */
const SLOW_MS = 1_000;

/** One's own message on its way: a clock while it waits; what was refused says why and can be sent again. */
export function PendingItem({ pending, first, last, stop }: PendingItemProps) {
  const { body, state, code, word } = pending;
  const failed = state === "failed";
  const text = body.text ?? "";
  const time = clock(new Date(pending.at));
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  const words = failed ? t("chat.failedShort") : t("chat.sending");
  return (
    <li
      class={["message own", first && "first", last && "last", failed && "failed"].filter(Boolean).join(" ")}
      tabIndex={stop ? 0 : -1}
      data-key={pending.key}
      data-begin={stop || undefined}
      data-testid="message"
      data-state={state}
      aria-label={[t("common.you"), text, words, time].join(", ")}
    >
      <div class="bubble-box">
        <div class="bubble">
          {text ? <Text text={text} tab={stop ? 0 : -1} /> : <span class="bubble-text">{t("chat.files", { count: body.attachments?.length ?? 0 })}</span>}
          <span class="bubble-meta">
            <time class="num">{time}</time>
            {!failed && (slow || !live.value) && <Clock size={14} strokeWidth={2} role="img" aria-label={t("chat.sending")} />}
          </span>
        </div>
        {failed && (
          <div class="bubble-trouble">
            <CloudOff size={16} strokeWidth={1.75} aria-hidden="true" />
            <span>{explainCode(code ?? "", word)}</span>
            <Button size="small" testId="send-again" onPress={() => sendAgain(pending.key)}>
              {t("chat.sendAgain")}
            </Button>
            <Button size="small" kind="text" onPress={() => giveUp(pending.key)}>
              {t("chat.giveUp")}
            </Button>
          </div>
        )}
      </div>
    </li>
  );
}
