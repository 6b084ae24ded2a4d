import { useState } from "preact/hooks";
import type { Reason } from "../../api/chats";
import { useDoing } from "../../app/action";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Area, Segments } from "../../ui/field";
import { Form } from "../../ui/form";

const REASONS: readonly Reason[] = ["rude", "danger", "spam", "other"];

interface ReportDialogProps {
  title: string;
  send(reason: Reason, note: string): Promise<unknown>;
  onClose(): void;
}

/** Brings something somebody wrote before the school's administrators. */
export function ReportDialog({ title, send, onClose }: ReportDialogProps) {
  const [reason, setReason] = useState<Reason>("rude");
  const [note, setNote] = useState("");
  const doing = useDoing();
  const submit = async (): Promise<void> => {
    if (!(await doing.run(() => send(reason, note.trim())))) return;
    onClose();
    showToast(t("report.sent"));
  };
  return (
    <Dialog title={title} onClose={onClose} testId="report">
      <p>{t("report.lead")}</p>
      <Form action={t("report.send")} trouble={doing.trouble} onSubmit={submit} onClose={onClose}>
        <Segments
          label={t("report.reason")}
          name="reason"
          value={reason}
          onChange={(next) => setReason(next)}
          options={REASONS.map((value) => ({ value, label: t(`report.${value}`) }))}
        />
        <Area label={t("report.note")} name="note" rows={3} value={note} maxLength={500} onInput={setNote} />
      </Form>
    </Dialog>
  );
}
