import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";

/** What each key does; it is matched by place, so it works on every layout. */
export function KeyList({ host, onClose }: { host: boolean; onClose(): void }) {
  const rows: [string[], string][] = [
    [["Ctrl D", "M"], t("keys.mic")],
    [["Ctrl E", "V"], t("keys.cam")],
    [[t("keys.space")], t("keys.hold")],
    ...(host
      ? ([
          [["N"], t("keys.next")],
          [["Shift L"], t("keys.lowerAll")],
        ] as [string[], string][])
      : ([[["H"], t("keys.hand")]] as [string[], string][])),
    [["G"], t("keys.view")],
    [["1", "9"], t("keys.pin")],
    [["[", "]"], t("keys.pages")],
    [["P"], t("keys.people")],
    [["F"], t("keys.full")],
    [["?"], t("keys.list")],
  ];
  return (
    <Dialog title={t("keys.title")} onClose={onClose}>
      <dl class="key-list">
        {rows.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
