import { useEffect, useState } from "preact/hooks";
import type { Named } from "../../api/chats";
import { listenTyping } from "../../app/live";
import { me } from "../../app/session";
import { list, t } from "../../i18n";
import { firstName } from "./words";

const SHOWN_MS = 5_000;
const MOST = 3;

/** Who writes here at this moment. A reader is not told: it would be told all the time. */
export function TypingLine({ chat }: { chat: string }) {
  const [people, setPeople] = useState<readonly { person: Named; until: number }[]>([]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const sweep = (): void => setPeople((now) => now.filter((one) => one.until > Date.now()));
    const end = listenTyping((typing) => {
      if (typing.chat !== chat || typing.person.id === me.peek()?.id) return;
      const until = Date.now() + SHOWN_MS;
      setPeople((now) => [...now.filter((one) => one.person.id !== typing.person.id), { person: typing.person, until }]);
      clearTimeout(timer);
      timer = setTimeout(sweep, SHOWN_MS + 50);
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [chat]);
  if (people.length === 0) return null;
  const names = people.slice(0, MOST).map(({ person }) => firstName(person.name));
  return (
    <p class="typing" aria-hidden="true" data-testid="typing">
      {names.length === 1 ? t("chat.typingOne", { name: names[0] ?? "" }) : t("chat.typingSeveral", { names: list(names) })}
    </p>
  );
}
