import { effect } from "@preact/signals";
import { answerSeconds } from "../../app/settings";
import { openBoth } from "../../media/capture";
import { installHook } from "../../media/debug";
import { setAnswerWithin } from "../../media/floor";
import { Lesson } from "../../media/lesson";
import { DEFAULT_MEDIA, rememberedMedia, rememberMedia } from "../../media/memory";
import type { Choices } from "../../media/publisher";
import { asking, choices, current, type Prepared } from "./current";

/** Enters a lesson, or goes on with it when this page is in it already. */
export function openLesson(id: string, prepared?: Prepared): Lesson {
  const before = current.peek();
  if (before && before.id === id && before.phase.peek().name !== "over") return before;
  if (before && before.phase.peek().name !== "over") void before.leave();
  const chosen = choices();
  const lesson = new Lesson(id, chosen);
  current.value = lesson;
  installHook(lesson);
  lesson.enter();
  if (prepared) {
    if (prepared.microphone) lesson.publisher.adopt("microphone", prepared.microphone, prepared.microphoneOn);
    if (prepared.camera) lesson.publisher.adopt("camera", prepared.camera, true);
    keep(lesson, chosen);
  } else {
    void openDevices(lesson, chosen).finally(() => keep(lesson, chosen));
  }
  return lesson;
}

/** Microphone (silent) and camera as this tab had them last. The lesson does not wait for them. */
export async function openDevices(lesson: Lesson, chosen: Choices): Promise<void> {
  const wanted = rememberedMedia() ?? DEFAULT_MEDIA;
  asking.value = true;
  const camera = wanted.camera ? { deviceId: chosen.cameraId, size: chosen.size } : null;
  const got = await openBoth(chosen.microphoneId, camera).finally(() => {
    asking.value = false;
  });
  if (lesson.phase.peek().name === "over") {
    for (const one of [got.microphone, got.camera]) if (one && typeof one !== "string") one.stop();
    return;
  }
  const entered = lesson.phase.peek().name === "live";
  if (typeof got.microphone === "string") lesson.publisher.note("microphone", got.microphone);
  else lesson.publisher.adopt("microphone", got.microphone, wanted.microphone && (!entered || lesson.maySpeak));
  if (typeof got.camera === "string") lesson.publisher.note("camera", got.camera);
  else if (got.camera) lesson.publisher.adopt("camera", got.camera, true);
}

/** From now on the tab remembers what is on. */
function keep(lesson: Lesson, chosen: Choices): void {
  const { microphone, camera } = lesson.publisher.own;
  const stop = effect(() => {
    const on = { microphone: microphone.value.on, camera: camera.value.on };
    if (lesson.phase.value.name === "over") return;
    const missing = camera.peek().problem !== null;
    rememberMedia({
      microphone: on.microphone,
      camera: on.camera || missing,
      microphoneId: chosen.microphoneId,
      cameraId: chosen.cameraId,
    });
  });
  const end = effect(() => {
    if (lesson.phase.value.name !== "over") return;
    queueMicrotask(() => {
      stop();
      end();
    });
  });
}

effect(() => setAnswerWithin(answerSeconds.value * 1000));
