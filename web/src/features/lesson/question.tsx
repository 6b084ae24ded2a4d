import { useEffect, useState } from "preact/hooks";
import { t } from "../../i18n";
import { DeviceError } from "../../media/capture";
import type { Lesson } from "../../media/lesson";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { useNow } from "../../ui/states";

/** "You are given the floor": only the person's own press turns the microphone on. */
export function FloorQuestion({ lesson }: { lesson: Lesson }) {
  const question = lesson.floor.question.value;
  const now = useNow(500);
  const [noMicrophone, setNoMicrophone] = useState(false);
  useEffect(() => {
    if (!question) return;
    setNoMicrophone(false); // The dialog says the rest: it takes the focus, and is read at once.
  }, [question !== null]);

  if (!question) {
    return noMicrophone ? (
      <Dialog title={t("floor.noMic")} onClose={() => setNoMicrophone(false)}>
        <div class="dialog-actions">
          <Button kind="primary" onPress={() => setNoMicrophone(false)}>
            {t("common.done")}
          </Button>
        </div>
      </Dialog>
    ) : null;
  }
  const accept = async (): Promise<void> => {
    try {
      await lesson.floor.answer(true);
    } catch (error) {
      if (error instanceof DeviceError) setNoMicrophone(true);
      await lesson.floor.answer(false);
    }
  };
  const left = Math.max(0, Math.ceil((question.until - now) / 1000));
  return (
    <Dialog title={t("floor.ask")} onClose={() => void lesson.floor.answer(false)} modalOnly testId="floor-question">
      <p class="meta num">{t("floor.timer", { seconds: left })}</p>
      <div class="dialog-actions">
        <Button size="large" onPress={() => lesson.floor.answer(false)}>
          {t("floor.notNow")}
        </Button>
        <Button kind="primary" size="large" autoFocus onPress={accept}>
          {t("mic.on")}
        </Button>
      </div>
    </Dialog>
  );
}
