import { CircleAlert, X } from "lucide-preact";
import { useState } from "preact/hooks";
import type { DeviceProblem } from "../../media/capture";
import { type Key, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";

const WORDS: Record<"microphone" | "camera", Record<DeviceProblem, Key>> = {
  microphone: {
    blocked: "mic.denied",
    missing: "mic.missing",
    busy: "mic.busy",
    insecure: "device.insecure",
    unsupported: "device.unsupported",
  },
  camera: {
    blocked: "cam.denied",
    missing: "cam.missing",
    busy: "cam.busy",
    insecure: "device.insecure",
    unsupported: "device.unsupported",
  },
};

interface ProblemProps {
  kind: "microphone" | "camera";
  problem: DeviceProblem | null;
  onRetry(): unknown;
  onDismiss?: () => void;
}

/** Why a device is not there and what to do about it. */
export function DeviceTrouble({ kind, problem, onRetry, onDismiss }: ProblemProps) {
  const [help, setHelp] = useState(false);
  if (!problem) return null;
  return (
    <div class="device-trouble" role="status">
      <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
      <p>{t(WORDS[kind][problem])}</p>
      {problem === "blocked" && (
        <Button size="small" onPress={() => setHelp(true)}>
          {t("common.show")}
        </Button>
      )}
      {(problem === "busy" || problem === "missing") && (
        <Button size="small" onPress={onRetry}>
          {t("common.retry")}
        </Button>
      )}
      {onDismiss && (
        <Button size="small" label={t("common.close")} icon={<X size={18} strokeWidth={1.75} />} onPress={onDismiss} />
      )}
      {help && (
        <Dialog title={t("device.howTitle")} onClose={() => setHelp(false)}>
          <ol class="device-how">
            <li>{t("device.how1")}</li>
            <li>{t("device.how2")}</li>
            <li>{t("device.how3")}</li>
          </ol>
          <Button
            kind="primary"
            onPress={() => {
              setHelp(false);
              return onRetry();
            }}
          >
            {t("common.retry")}
          </Button>
        </Dialog>
      )}
    </div>
  );
}
