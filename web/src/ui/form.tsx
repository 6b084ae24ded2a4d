import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api/http";
import { t } from "../i18n";
import { Button } from "./button";
import { Trouble } from "./trouble";

interface FormProps {
  children: ComponentChildren;
  /** What the button says. */
  action: string;
  trouble?: ApiError | null;
  danger?: boolean;
  testId?: string;
  onSubmit(): Promise<unknown>;
  /** Without it there is nothing to cancel. */
  onClose?: () => void;
  /** What closing is called where something has already been done. */
  closeWords?: string;
}

/** Fields with the one action below them; Enter does the same as the button. While it works, it is not done twice. */
export function Form({ children, action, trouble = null, danger, testId, onSubmit, onClose, closeWords }: FormProps) {
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await onSubmit().catch(() => {});
    setBusy(false);
  };
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {children}
      <Trouble problem={trouble} />
      <div class="dialog-actions">
        {onClose && <Button onPress={onClose}>{closeWords ?? t("common.cancel")}</Button>}
        <Button kind={danger ? "danger" : "primary"} type="submit" busy={busy} {...(testId ? { testId } : {})}>
          {action}
        </Button>
      </div>
    </form>
  );
}
