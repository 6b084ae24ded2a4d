import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { language, LANGUAGES, setLanguage } from "../../i18n";
import { Mark } from "../../ui/mark";
import "./signin.css";

const NAMES = { ru: "Русский", en: "English" } as const;

interface FrameProps {
  title: string;
  lead?: string | undefined;
  children: ComponentChildren;
}

/** Around everything that is shown to who is not in yet: the mark, what this is, the choice of the language. */
export function Frame({ title, lead, children }: FrameProps) {
  const ref = useRef<HTMLElement>(null);
  // One frame follows another without a change of the address: begin at its first field, else at its heading.
  useEffect(() => {
    const first = ref.current?.querySelector<HTMLElement>("[autofocus]") ?? ref.current?.querySelector("h1");
    first?.focus();
  }, [title]);
  return (
    <main class="signin" id="content" ref={ref}>
      <div class="signin-card card">
        <div class="signin-head">
          <Mark size={44} />
          <div>
            <h1 tabIndex={-1}>{title}</h1>
            {lead && <p class="signin-lead">{lead}</p>}
          </div>
        </div>
        {children}
      </div>
      <p class="signin-languages">
        {LANGUAGES.map((code) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={language.value === code}
            onClick={() => void setLanguage(code)}
          >
            {NAMES[code]}
          </button>
        ))}
      </p>
    </main>
  );
}
