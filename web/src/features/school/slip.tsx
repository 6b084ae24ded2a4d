import { t } from "../../i18n";
import { Mark } from "../../ui/mark";
import { Qr } from "../../ui/qr";

interface SlipProps {
  /** What it invites to: the school, the class, or whose slip it is. */
  title: string;
  lines: readonly string[];
  code?: string | null;
  link?: string | null;
}

/** An invitation on paper: a picture for a phone, an address and a code for a keyboard. */
export function Slip({ title, lines, code, link }: SlipProps) {
  const place = link ? link.slice(0, link.lastIndexOf("/")).replace(/^https?:\/\//, "") : "";
  return (
    <div class="slip">
      {link && <Qr text={link} label={t("invite.qr")} />}
      <div class="slip-words">
        <p class="slip-mark">
          <Mark size={20} /> Sfera
        </p>
        <p class="slip-title">{title}</p>
        {lines.filter(Boolean).map((line) => (
          <p key={line}>{line}</p>
        ))}
        {link && <p>{code ? t("slip.how", { place }) : t("slip.scan")}</p>}
        {code && <p class="slip-code">{code}</p>}
      </div>
    </div>
  );
}
