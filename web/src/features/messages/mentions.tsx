import type { RefObject } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import type { Named } from "../../api/chats";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { mentionBefore } from "./text";

export interface Mentions {
  /** Everybody who can be named here, as far as it was needed so far. */
  known: readonly Named[];
  shown: boolean;
  found: readonly Named[];
  at: number;
  listId: string;
  /** What the field says of the list. */
  aria: Record<string, string | boolean | undefined>;
  /** The caret has moved: is a name being typed? */
  look(): void;
  /** True when the key was for the list. */
  key(event: KeyboardEvent): boolean;
  choose(person: Named): void;
}

const MOST = 6;

/** Naming somebody: "@" and the beginning of a name open a list; arrows walk, Enter chooses, Esc closes. */
export function useMentions(
  load: () => Promise<readonly Named[]>,
  field: RefObject<HTMLTextAreaElement | null>,
  text: string,
  setText: (text: string) => void,
): Mentions {
  const [known, setKnown] = useState<readonly Named[]>([]);
  const [asked, setAsked] = useState<{ from: number; query: string } | null>(null);
  const [at, setAt] = useState(0);
  const loading = useRef(false);
  const listId = useId();
  const small = asked?.query.toLocaleLowerCase() ?? "";
  const found =
    asked === null
      ? []
      : known.filter((one) => one.name.toLocaleLowerCase().split(/\s+/).some((_, index, parts) => parts.slice(index).join(" ").startsWith(small))).slice(0, MOST);
  const shown = found.length > 0;

  const look = (): void => {
    const area = field.current;
    const next = area ? mentionBefore(area.value, area.selectionEnd) : null;
    setAsked(next);
    setAt(0);
    if (next && !loading.current) {
      loading.current = true;
      load().then(setKnown, () => (loading.current = false));
    }
  };
  const choose = (person: Named): void => {
    if (!asked) return;
    const end = asked.from + 1 + asked.query.length;
    const before = `${text.slice(0, asked.from)}@${person.name} `;
    setText(before + text.slice(end).replace(/^ /, ""));
    setAsked(null);
    const area = field.current;
    requestAnimationFrame(() => {
      area?.focus();
      area?.setSelectionRange(before.length, before.length);
    });
  };
  const key = (event: KeyboardEvent): boolean => {
    if (!shown) return false;
    const person = found[at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setAt((at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && person && !event.ctrlKey) {
      choose(person);
    } else if (event.key === "Escape") {
      setAsked(null);
      event.stopPropagation();
    } else return false;
    event.preventDefault();
    return true;
  };
  const aria = {
    "aria-autocomplete": "list",
    "aria-controls": shown ? listId : undefined,
    "aria-activedescendant": shown ? `${listId}-${at}` : undefined,
  };
  return { known, shown, found, at, listId, aria, look, key, choose };
}

export function MentionList({ mentions }: { mentions: Mentions }) {
  const { found, at, listId, choose } = mentions;
  return (
    <div class="mention-list" role="listbox" id={listId} aria-label={t("compose.mention")}>
      {found.map((person, index) => (
        <div
          key={person.id}
          id={`${listId}-${index}`}
          role="option"
          aria-selected={index === at}
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            choose(person);
          }}
        >
          <Avatar id={person.id} name={person.name} size={32} />
          <span>{person.name}</span>
        </div>
      ))}
    </div>
  );
}
