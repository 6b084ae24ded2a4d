import { Eye, EyeOff } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Field } from "./field";

interface PasswordProps {
  label: string;
  name?: string;
  value: string;
  onInput(value: string): void;
  onLeave?: () => void;
  error?: string | null;
  hint?: string;
  /** `current-password` where one signs in, `new-password` where one is chosen. */
  autoComplete: "current-password" | "new-password";
  autoFocus?: boolean;
}

/** A password that can be looked at; pasting and password managers work. */
export function Password({ name = "password", autoFocus = false, error = null, ...rest }: PasswordProps) {
  const [shown, setShown] = useState(false);
  return (
    <Field {...rest} name={name} type={shown ? "text" : "password"} plain maxLength={256} autoFocus={autoFocus} error={error}>
      <button type="button" aria-label={shown ? t("signin.hide") : t("signin.show")} onClick={() => setShown(!shown)}>
        {shown ? <EyeOff size={20} strokeWidth={1.75} /> : <Eye size={20} strokeWidth={1.75} />}
      </button>
    </Field>
  );
}
