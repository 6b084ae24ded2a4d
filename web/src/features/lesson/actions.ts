import { announce } from "../../app/announce";
import { t } from "../../i18n";
import { DeviceError } from "../../media/capture";
import type { Lesson } from "../../media/lesson";
import { SignalError } from "../../media/signalling";
import type { ClientMessage, ParticipantInfo } from "../../media/wire";
import type { View } from "./view";

export interface Actions {
  toggleMicrophone(): Promise<void>;
  toggleCamera(): Promise<void>;
  toggleHand(): Promise<void>;
  startScreen(): Promise<void>;
  stopScreen(): Promise<void>;
  giveFloor(participant: string): Promise<void>;
  takeFloor(participant: string): Promise<void>;
  yieldFloor(): Promise<void>;
  next(): Promise<void>;
  lowerHand(participant: string): Promise<void>;
  lowerAll(): Promise<void>;
  mute(participant: string): Promise<void>;
  muteAll(): Promise<void>;
  askRemove(who: ParticipantInfo): void;
  remove(participant: string): Promise<void>;
}

/** Everything a person can do in a lesson; what goes wrong is said in `view.trouble`. */
export function actionsOf(lesson: Lesson, view: View, askRemove: (who: ParticipantInfo) => void): Actions {
  const tell = (error: unknown): void => {
    // A device that is not there is told by the page itself, with what to do about it.
    if (error instanceof DeviceError) return;
    const refused = error instanceof SignalError && error.code !== "socket_lost" && error.code !== "timeout";
    view.trouble.value = `${t(refused ? "action.refused" : "action.failed")} ${refused ? t("common.code", { code: error.code }) : ""}`.trim();
  };
  const act = async (step: () => Promise<unknown>): Promise<void> => {
    view.trouble.value = null;
    try {
      await step();
    } catch (error) {
      tell(error);
    }
  };
  const send = (message: ClientMessage): Promise<void> => act(() => lesson.send(message));
  const { microphone, camera } = lesson.publisher.own;

  return {
    toggleMicrophone: () =>
      act(async () => {
        const on = !microphone.value.on;
        if (on && !lesson.maySpeak) {
          view.trouble.value = t("mic.needFloor");
          announce(t("mic.needFloor"));
          return;
        }
        announce(t((await lesson.publisher.setMicrophone(on)) ? "mic.isOn" : "mic.isOff"));
      }),
    toggleCamera: () => act(() => lesson.publisher.setCamera(!camera.value.on)),
    toggleHand: () => {
      const room = lesson.room.value;
      const up = room?.hands.some((hand) => hand.participant === room.self) ?? false;
      return send({ type: up ? "lower_hand" : "raise_hand" });
    },
    startScreen: () => act(() => lesson.publisher.startScreen()),
    stopScreen: () => act(() => lesson.publisher.stopScreen()),
    giveFloor: (participant) => send({ type: "give_floor", participant }),
    takeFloor: (participant) => send({ type: "take_floor", participant }),
    yieldFloor: () => send({ type: "take_floor" }),
    next: () =>
      act(async () => {
        const room = lesson.room.value;
        const first = room?.hands[0];
        if (!room || !first) return;
        for (const holder of room.floor) await lesson.send({ type: "take_floor", participant: holder });
        await lesson.send({ type: "give_floor", participant: first.participant });
      }),
    lowerHand: (participant) => send({ type: "lower_hand", participant }),
    lowerAll: () => send({ type: "lower_all_hands" }),
    mute: (participant) => send({ type: "mute", participant }),
    muteAll: () =>
      act(async () => {
        await lesson.send({ type: "mute_all" });
        announce(t("people.muteAllDone"));
      }),
    askRemove,
    remove: (participant) => send({ type: "remove", participant }),
  };
}
