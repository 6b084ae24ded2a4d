import { effect, signal } from "@preact/signals";
import { acceptRequest, declineRequest } from "../../api/school";
import type { ApiError } from "../../api/http";
import { asApiError } from "../../app/action";
import { showToast, toast } from "../../app/toast";
import { t } from "../../i18n";

/**
 * Decisions about requests to join can be taken back for as long as their toast stands (10 s, longer while it is hovered
 * or focused): the platform has no way back from them, so they are sent when it goes.
 */

export type Verdict = "accept" | "decline";

/** Requests decided here that the platform has not been told of, or has only just. They are not shown. */
export const decided = signal<ReadonlySet<string>>(new Set());
/** Decisions the platform refused, by request. */
export const refused = signal<ReadonlyMap<string, ApiError>>(new Map());

interface Batch {
  ids: readonly string[];
  verdict: Verdict;
  onSent(): void;
}

let waiting: Batch | null = null;

export function decide(ids: readonly string[], verdict: Verdict, onSent: () => void): void {
  flush();
  const batch: Batch = { ids, verdict, onSent };
  waiting = batch;
  decided.value = new Set([...decided.value, ...ids]);
  refused.value = new Map([...refused.value].filter(([id]) => !ids.includes(id)));
  showToast(t(verdict === "accept" ? "requests.accepted" : "requests.declined", { count: ids.length }), {
    label: t("common.undo"),
    run: () => {
      if (waiting !== batch) return;
      waiting = null;
      show(ids);
    },
  });
  const shown = toast.value?.id;
  // The toast is pressed, times out, or gives way to another.
  const stop = effect(() => {
    if (toast.value?.id === shown) return;
    queueMicrotask(() => {
      stop();
      if (waiting === batch) flush();
    });
  });
}

/** Tells the platform now what is still waiting: the toast is gone, or the page is about to be. */
export function flush(): void {
  const batch = waiting;
  waiting = null;
  if (batch) void send(batch);
}

async function send({ ids, verdict, onSent }: Batch): Promise<void> {
  const failed = new Map(refused.value);
  // All at once: when the page is left there is no time for one after the other.
  await Promise.all(
    ids.map(async (id) => {
      try {
        await (verdict === "accept" ? acceptRequest(id) : declineRequest(id));
      } catch (error) {
        failed.set(id, asApiError(error));
      }
    }),
  );
  refused.value = failed;
  onSent();
  show(ids.filter((id) => failed.has(id)));
}

function show(ids: readonly string[]): void {
  decided.value = new Set([...decided.value].filter((id) => !ids.includes(id)));
}

if (typeof window !== "undefined") window.addEventListener("pagehide", flush);
