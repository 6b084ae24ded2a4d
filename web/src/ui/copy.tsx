import { Check, Copy } from "lucide-preact";
import { useEffect, useId, useState } from "preact/hooks";
import { announce } from "../app/announce";
import { t } from "../i18n";
import { Button } from "./button";

/** An address to hand on: it can be seen, selected, and copied by one press. */
export function CopyLink({ label, url }: { label: string; url: string }) {
  const id = useId();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 4_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    const field = document.getElementById(id) as HTMLInputElement | null;
    field?.select();
    // Pages without https have no clipboard of their own; the old way still works there.
    if (navigator.clipboard) await navigator.clipboard.writeText(url);
    else document.execCommand("copy");
    setCopied(true);
    announce(t("link.copied"));
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="copy-link">
        <div class="field-box">
          <input id={id} readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
        </div>
        <Button icon={copied ? <Check size={20} /> : <Copy size={20} />} onPress={copy} testId="copy-link">
          {copied ? t("link.done") : t("link.copy")}
        </Button>
      </div>
    </div>
  );
}
