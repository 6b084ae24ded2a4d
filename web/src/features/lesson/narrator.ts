import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { announce, announceNow } from "../../app/announce";
import { t } from "../../i18n";
import type { Lesson } from "../../media/lesson";

const HANDS_TOGETHER_MS = 3_000;

/** Says aloud, through the live regions, what those who do not look should know. */
export function useNarrator(lesson: Lesson): void {
  useEffect(() => {
    const stops = [narrateHands(lesson), narrateFloor(lesson), narrateConnection(lesson)];
    return () => stops.forEach((stop) => stop());
  }, [lesson]);
}

/** Hands going up or down, to hosts, joined over three seconds. One's own place, to oneself. */
function narrateHands(lesson: Lesson): () => void {
  let said = lesson.room.peek()?.hands.length ?? 0;
  let place = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const stop = effect(() => {
    const room = lesson.room.value;
    if (!room) return;
    const mine = room.hands.findIndex((hand) => hand.participant === room.self) + 1;
    if (mine !== place && mine > 0) announce(t("hand.place", { place: mine }));
    place = mine;
    const count = room.hands.length;
    if (room.role !== "host" || count === said || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      const now = lesson.room.peek();
      const hands = now?.hands ?? [];
      if (hands.length === said) return;
      said = hands.length;
      const first = now?.participants.get(hands[0]?.participant ?? "")?.name;
      announce(first ? t("hands.first", { count: hands.length, name: first }) : t("hand.downAll"));
    }, HANDS_TOGETHER_MS);
  });
  return () => {
    stop();
    if (timer !== null) clearTimeout(timer);
  };
}

function narrateFloor(lesson: Lesson): () => void {
  const begun = Date.now();
  return effect(() => {
    const { what, at } = lesson.floor.news.value;
    if (at < begun) return;
    if (what === "given") announceNow(t("floor.yours"));
    else if (what === "taken") announceNow(t("floor.taken"));
    else if (what === "muted") announceNow(t("floor.muted"));
  });
}

function narrateConnection(lesson: Lesson): () => void {
  let lost = false;
  return effect(() => {
    const { name } = lesson.phase.value;
    if (name === "reconnecting" && !lost) announce(t("call.reconnect"));
    else if (name === "live" && lost) announce(t("call.back"));
    lost = name === "reconnecting";
  });
}
