import { X } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./button";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  onClose(): void;
  broad?: boolean;
  /** A question that wants an answer: no cross, a press beside it means nothing, Esc still means "no". */
  question?: boolean;
  /** The same without being announced as an alert. */
  modalOnly?: boolean;
  testId?: string;
}

/** A native dialog: focus goes to its title or first field, Esc closes it, focus returns to what opened it. */
export function Dialog({ title, children, onClose, broad, question, modalOnly, testId }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Before the page is drawn: what is in it is there as soon as it was asked for.
  useLayoutEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    if (!dialog) return;
    if (!dialog.open) dialog.showModal();
    if (!dialog.querySelector("[autofocus]")) dialog.querySelector<HTMLElement>("h2")?.focus();
    return () => {
      if (dialog.open) dialog.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={broad ? "dialog broad" : "dialog"}
      aria-labelledby={id}
      role={question ? "alertdialog" : undefined}
      data-testid={testId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current && !question && !modalOnly) onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {!question && !modalOnly && <Button kind="text" label={t("common.close")} icon={<X size={20} />} onPress={onClose} />}
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  onConfirm(): unknown;
  onClose(): void;
  children?: ComponentChildren;
}

/** Asks before what cannot be undone. */
export function Confirm({ title, text, action, onConfirm, onClose, children }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose} question>
      <p>{text}</p>
      {children}
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button kind="danger" onPress={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
