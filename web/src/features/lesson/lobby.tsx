import { Hourglass, Mic, MicOff, Video as CameraIcon, VideoOff, Volume2 } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { LessonInfo } from "../../api/types";
import { announce } from "../../app/announce";
import { navigate, to } from "../../app/router";
import { t } from "../../i18n";
import { DeviceError, listDevices } from "../../media/capture";
import type { Lesson } from "../../media/lesson";
import { Button } from "../../ui/button";
import { Select } from "../../ui/field";
import { Banner, useElapsed } from "../../ui/states";
import { asking } from "./current";
import { Meter } from "./meter";
import { DeviceTrouble } from "./problems";
import { playTestSound } from "./sound";
import { Video } from "./video";

interface LobbyProps {
  lesson: Lesson | null;
  title: string;
  info: LessonInfo | null;
}

/** S10: on the way in, or waiting for the teacher; meanwhile one sees and hears oneself. No names, no media of others. */
export function Lobby({ lesson, title, info }: LobbyProps) {
  const phase = lesson?.phase.value;
  const waiting = phase?.name === "waiting";
  useEffect(() => {
    if (waiting) announce(t("lesson.lobby"));
  }, [waiting]);
  const leave = (): void => {
    void lesson?.leave();
    navigate(to.home);
  };
  return (
    <main class="lobby on-stage" id="content">
      <header class="lobby-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          <p>{info ? info.class.name : " "}</p>
        </div>
        <Button onPress={leave}>{t("lesson.leave")}</Button>
      </header>
      <div class="lobby-body">
        {lesson && <OwnPicture lesson={lesson} />}
        <div class="lobby-side">
          <div class="lobby-state" role="status">
            {waiting ? (
              <>
                <Hourglass size={28} strokeWidth={1.75} aria-hidden="true" />
                <div>
                  <p class="lobby-words">{t("lesson.lobby")}</p>
                  <p>{t("lesson.lobbyHint")}</p>
                </div>
              </>
            ) : (
              <Entering lesson={lesson} />
            )}
          </div>
          {asking.value && <p class="lobby-note">{t("device.asking")}</p>}
          {lesson && <Devices lesson={lesson} />}
        </div>
      </div>
    </main>
  );
}

function Entering({ lesson }: { lesson: Lesson | null }) {
  const phase = lesson?.phase.value;
  const since = phase && "since" in phase ? phase.since : Date.now();
  const elapsed = useElapsed(since, [5_000, 15_000]);
  const returning = phase?.name === "reconnecting";
  return (
    <>
      <span class="ring big" />
      <div>
        <p class="lobby-words">{returning ? t("call.reconnect") : t("lesson.connecting")}</p>
        {elapsed >= 5_000 && <p>{t("lesson.connectingLong")}</p>}
        {elapsed >= 15_000 && <Button onPress={() => lesson?.retryNow()}>{t("common.retry")}</Button>}
      </div>
    </>
  );
}

/** Own camera, mirrored as one knows oneself, and the two switches. */
function OwnPicture({ lesson }: { lesson: Lesson }) {
  const { microphone, camera } = lesson.publisher.own;
  const micOn = microphone.value.on;
  const cameraOn = camera.value.on;
  const flip = (step: Promise<unknown>): void => void step.catch((error: unknown) => {
    if (!(error instanceof DeviceError)) console.warn("sfera: a device could not be switched", error);
  });
  return (
    <div class="lobby-picture">
      {cameraOn && camera.value.media ? (
        <Video track={camera.value.media} mirrored />
      ) : (
        <p class="lobby-dark">{t("cam.isOff")}</p>
      )}
      <div class="lobby-switches">
        <button
          type="button"
          class={micOn ? "round" : "round off"}
          aria-label={micOn ? t("mic.off") : t("mic.on")}
          onClick={() => flip(lesson.publisher.setMicrophone(!micOn))}
        >
          {micOn ? <Mic size={22} strokeWidth={1.75} /> : <MicOff size={22} strokeWidth={1.75} />}
        </button>
        <button
          type="button"
          class={cameraOn ? "round" : "round off"}
          aria-label={cameraOn ? t("cam.off") : t("cam.on")}
          onClick={() => flip(lesson.publisher.setCamera(!cameraOn))}
        >
          {cameraOn ? <CameraIcon size={22} strokeWidth={1.75} /> : <VideoOff size={22} strokeWidth={1.75} />}
        </button>
      </div>
    </div>
  );
}

/** Which microphone, camera and speaker; and what is wrong with them. */
export function Devices({ lesson }: { lesson: Lesson }) {
  const { microphone, camera } = lesson.publisher.own;
  const [devices, setDevices] = useState<Awaited<ReturnType<typeof listDevices>> | null>(null);
  const [speaker, setSpeaker] = useState("");
  const media = [microphone.value.media, camera.value.media];
  useEffect(() => {
    const look = (): void => void listDevices().then(setDevices);
    look();
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", look);
  }, media);
  const options = (found: MediaDeviceInfo[]) =>
    found.map((one, index) => ({ value: one.deviceId, label: one.label || `${index + 1}` }));
  const chosen = (track: MediaStreamTrack | null): string => track?.getSettings().deviceId ?? "";
  const problems = [microphone.value.problem, camera.value.problem];
  return (
    <div class="lobby-devices">
      <DeviceTrouble
        kind="microphone"
        problem={microphone.value.problem}
        onRetry={() => lesson.publisher.setMicrophone(true).then(() => lesson.publisher.setMicrophone(false))}
      />
      <DeviceTrouble kind="camera" problem={camera.value.problem} onRetry={() => lesson.publisher.setCamera(true)} />
      {problems[0] && problems[1] && <Banner>{t("device.listenOnly")}</Banner>}
      {!problems[0] && problems[1] && <Banner>{t("device.soundOnly")}</Banner>}
      {devices && devices.audioinput.length > 0 && microphone.value.media && (
        <div class="lobby-mic">
          <Select
            label={t("mic.choose")}
            value={chosen(microphone.value.media)}
            options={options(devices.audioinput)}
            onChange={(id) => void lesson.publisher.choose("microphone", id).catch(() => {})}
          />
          <Meter track={microphone.value.media} />
        </div>
      )}
      {devices && devices.videoinput.length > 1 && camera.value.media && (
        <Select
          label={t("cam.choose")}
          value={chosen(camera.value.media)}
          options={options(devices.videoinput)}
          onChange={(id) => void lesson.publisher.choose("camera", id).catch(() => {})}
        />
      )}
      {devices && devices.audiooutput.length > 1 && (
        <Select
          label={t("speaker.choose")}
          value={speaker}
          options={[{ value: "", label: t("speaker.default") }, ...options(devices.audiooutput.filter((one) => one.deviceId !== "default"))]}
          onChange={(id) => {
            setSpeaker(id);
            lesson.playback.setSpeaker(id);
          }}
        />
      )}
      <Button icon={<Volume2 size={20} strokeWidth={1.75} />} onPress={() => playTestSound(speaker)}>
        {t("speaker.test")}
      </Button>
    </div>
  );
}
