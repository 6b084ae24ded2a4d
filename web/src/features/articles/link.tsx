import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { asHref } from "./spans";

interface LinkDialogProps {
  /** What was chosen in the text. */
  range: Range;
  onDone(): void;
  onClose(): void;
}

/** Makes what is chosen a link, or writes the address where nothing is; an empty address takes the link away. */
export function LinkDialog({ range, onDone, onClose }: LinkDialogProps) {
  const start = range.startContainer;
  const within = (start instanceof Element ? start : start.parentElement)?.closest("a") ?? null;
  const [address, setAddress] = useState(within?.getAttribute("href") ?? "");
  const [wrong, setWrong] = useState(false);
  const save = async (): Promise<void> => {
    const href = asHref(address);
    if (address.trim() !== "" && href === null) {
      setWrong(true);
      return;
    }
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
    if (within) {
      const words = [...within.childNodes];
      if (href === null) within.replaceWith(...words);
      else within.setAttribute("href", href);
    } else if (href !== null) {
      const link = document.createElement("a");
      link.setAttribute("href", href);
      if (range.collapsed) link.textContent = address.trim();
      else link.append(range.extractContents());
      range.insertNode(link);
    }
    onDone();
  };
  return (
    <Dialog title={t("article.link")} onClose={onClose}>
      <Form action={t("common.done")} onSubmit={save} onClose={onClose}>
        <Field
          label={t("article.address")}
          name="address"
          type="url"
          value={address}
          plain
          autoFocus
          hint={within ? t("article.addressHint") : ""}
          error={wrong ? t("article.addressWrong") : null}
          onInput={(text) => {
            setWrong(false);
            setAddress(text);
          }}
        />
      </Form>
    </Dialog>
  );
}
