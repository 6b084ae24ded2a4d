import { Mic, MicOff, Video as CameraIcon, VideoOff } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../api/http";
import { fetchClasses, startLesson } from "../../api/platform";
import type { ClassSummary } from "../../api/types";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { t } from "../../i18n";
import { DEFAULT_MEDIA, rememberedMedia, rememberMedia } from "../../media/memory";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field, Segments } from "../../ui/field";
import { Loaded } from "../../ui/states";
import { Meter } from "../lesson/meter";
import { DeviceTrouble } from "../lesson/problems";
import { Video } from "../lesson/video";
import { rememberClass } from "./choice";
import { usePreview } from "./preview";
import "./start.css";

interface StartSheetProps {
  classId: string;
  onClose(): void;
}

/** S9: class, name, a look at oneself, [Start now]. */
export function StartSheet({ classId, onClose }: StartSheetProps) {
  const classes = useResource("classes", fetchClasses, 15_000);
  return (
    <Dialog title={t("lesson.startTitle")} onClose={onClose}>
      <Loaded resource={classes} skeleton={<div class="bone start-bone" />} notFound={<p>{t("lesson.noClass")}</p>}>
        {(all) => <StartForm classes={all.filter((one) => one.may_start)} first={classId} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

function StartForm({ classes, first, onClose }: { classes: readonly ClassSummary[]; first: string; onClose(): void }) {
  const [chosen, setChosen] = useState(first);
  const [title, setTitle] = useState("");
  const [trouble, setTrouble] = useState<{ words: string; code: string } | null>(null);
  const preview = usePreview();
  useEffect(() => void import("../lesson/enter"), []); // So that pressing [Start now] does not wait for it.
  const of = classes.find((one) => one.id === chosen) ?? classes[0];
  if (!of) return <p>{t("lesson.noClass")}</p>;

  const goIn = async (lessonId: string): Promise<void> => {
    const { openLesson } = await import("../lesson/enter");
    rememberClass(of.id);
    if (preview.opening) {
      openLesson(lessonId); // Whoever is quicker than the camera does not wait for it.
    } else {
      const { camera, microphone } = preview;
      const cameraWanted = camera.on || (camera.problem !== null && camera.problem !== "blocked");
      rememberMedia({ ...(rememberedMedia() ?? DEFAULT_MEDIA), camera: cameraWanted, microphone: microphone.on });
      openLesson(lessonId, preview.handOver());
    }
    navigate(to.lesson(lessonId), true);
  };

  const begin = async (): Promise<void> => {
    setTrouble(null);
    try {
      await goIn((of.lesson ?? (await startLesson(of.id, title.trim()))).id);
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : { status: 0, code: "offline" };
      if (problem.code === "lesson_running" && "lesson" in problem && problem.lesson) await goIn(problem.lesson.id);
      else setTrouble({ words: t("lesson.startFailed"), code: problem.code });
    }
  };

  return (
    <>
      <Segments
        label={t("lesson.class")}
        name="class"
        value={of.id}
        options={classes.map((one) => ({ value: one.id, label: one.name }))}
        onChange={setChosen}
      />
      {of.lesson ? (
        <p class="banner">{t("lesson.running", { name: of.name })}</p>
      ) : (
        <Field
          label={t("lesson.name")}
          name="title"
          value={title}
          onInput={setTitle}
          hint={t("lesson.nameHint")}
          maxLength={100}
          autoComplete="off"
        />
      )}
      <div class="start-preview on-stage">
        {preview.camera.media ? <Video track={preview.camera.media} mirrored /> : <p>{t("cam.isOff")}</p>}
      </div>
      <div class="start-devices">
        <Button
          label={preview.microphone.on ? t("mic.off") : t("mic.on")}
          icon={preview.microphone.on ? <Mic size={20} /> : <MicOff size={20} />}
          onPress={() => preview.switchMicrophone(!preview.microphone.on)}
        />
        <Meter track={preview.microphone.media} />
        <Button
          label={preview.camera.on ? t("cam.off") : t("cam.on")}
          icon={preview.camera.on ? <CameraIcon size={20} /> : <VideoOff size={20} />}
          onPress={() => preview.switchCamera(!preview.camera.on)}
        />
      </div>
      <DeviceTrouble
        kind="camera"
        problem={preview.camera.problem}
        onRetry={() => preview.switchCamera(true)}
      />
      <DeviceTrouble
        kind="microphone"
        problem={preview.microphone.problem}
        onRetry={() => preview.switchMicrophone(true)}
      />
      <div role="alert">
        {trouble && (
          <p class="field-error">
            <span>
              {trouble.words} <span class="meta">{t("common.code", { code: trouble.code })}</span>
            </span>
          </p>
        )}
      </div>
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" size="large" autoFocus onPress={begin}>
          {of.lesson ? t("lesson.join") : t("lesson.startNow")}
        </Button>
      </div>
    </>
  );
}
