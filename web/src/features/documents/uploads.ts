import { signal } from "@preact/signals";
import { type DetailedError, Upload as Sender } from "tus-js-client";
import { fetchUpload, type StoredFile, type Uploaded } from "../../api/documents";
import { ApiError } from "../../api/http";
import type { Problem } from "../../api/types";
import { announce, announceNow } from "../../app/announce";
import { number, t } from "../../i18n";
import { putFile } from "./files";
import { type Carrier, type CarrierEvents, type Upload, UploadQueue } from "./queue";

/** Where a file goes. */
export type Target =
  | { to: "own"; folder: string | null }
  | { to: "attachment" }
  | { to: "school" | "class"; id: string; folder: string | null; section: "documents" | "videos" }
  | { to: "album"; id: string };

export type FileUpload = Upload<StoredFile> & { target: Target };

const ENDPOINT = "/api/v1/uploads";
const PIECE = 8 * 1024 * 1024;
/** What passes by itself is tried again this long after, each time; then the file says that it failed. */
const RETRIES_MS = [0, 1_000, 3_000, 5_000, 10_000];
/** The last piece has come, and the file is looked at: asked again so often, this many times. */
const LOOK_MS = 1_000;
const LOOKS = 120;

/** All files on their way up, wherever they were chosen. */
export const uploads = signal<readonly FileUpload[]>([]);
const targets = new Map<string, Target>();

const queue = new UploadQueue<StoredFile>({
  now: () => performance.now(),
  changed: (all) => (uploads.value = all.map((one) => ({ ...one, target: targets.get(one.key) ?? { to: "attachment" } }))),
  reached: (one, quarter) =>
    announce(quarter === 4 ? t("files.uploaded", { name: one.name }) : t("files.progress", { name: one.name, percent: number(quarter * 25) })),
  failed: (one) => announceNow(t("files.failed", { name: one.name })),
});

window.addEventListener("online", () => queue.setOnline(true));
window.addEventListener("offline", () => queue.setOnline(false));
if (!navigator.onLine) queue.setOnline(false);

/** Sends a file up; the promise gives it as it is kept, or null when it was taken away before. */
export function upload(file: File, target: Target): { key: string; made: Promise<StoredFile | null> } {
  const { key, made } = queue.add(file, (from, events) => carry(from, target, events));
  targets.set(key, target);
  uploads.value = uploads.peek().map((one) => (one.key === key ? { ...one, target } : one));
  return { key, made };
}

export const pauseUpload = (key: string): void => queue.pause(key);
export const resumeUpload = (key: string): void => queue.resume(key);
export const cancelUpload = (key: string): void => queue.cancel(key);
export const sweepUploads = (): void => queue.sweep();

function metadataOf(file: File, target: Target): Record<string, string> {
  const metadata: Record<string, string> = { filename: file.name, to: target.to };
  if ("id" in target) metadata.id = target.id;
  if ("section" in target) metadata.section = target.section;
  if ("folder" in target && target.folder !== null) metadata.folder_id = target.folder;
  return metadata;
}

/** One file by tus 1.0: in pieces, going on behind the last one that arrived, also after the page was loaded anew. */
function carry(file: File, target: Target, events: CarrierEvents<StoredFile>): Carrier {
  let tus: Sender | null = null;
  let wanted: "going" | "paused" | "cancelled" = "paused";
  const begin = async (): Promise<void> => {
    const sender = new Sender(file, {
      endpoint: ENDPOINT,
      chunkSize: PIECE,
      retryDelays: RETRIES_MS,
      headers: { "X-Sfera": "1" },
      metadata: metadataOf(file, target),
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ["sfera", file.name, file.size, file.lastModified, JSON.stringify(target)].join(" "),
      onShouldRetry: (error) => !isRefusal((error as DetailedError).originalResponse?.getStatus() ?? 0) && navigator.onLine,
      onProgress: (sent) => events.progress(sent),
      onSuccess: () => void arrived(idOf(sender.url ?? ""), events),
      onError: (error) => events.failed(problemOf(error)),
    });
    tus = sender;
    const [before] = await sender.findPreviousUploads();
    if (before) sender.resumeFromPreviousUpload(before);
    if (wanted === "going") sender.start();
  };
  return {
    start() {
      wanted = "going";
      if (tus) tus.start();
      else void begin();
    },
    pause() {
      wanted = "paused";
      void tus?.abort();
    },
    cancel() {
      wanted = "cancelled";
      void tus?.abort(true).catch(() => {});
    },
  };
}

const idOf = (url: string): string => decodeURIComponent(url.split("?")[0]?.split("/").filter(Boolean).pop() ?? "");

/** What a refusal says does not change by asking again. */
const isRefusal = (status: number): boolean => status >= 400 && status < 500 && ![408, 409, 423, 429, 460].includes(status);

function problemOf(error: Error): ApiError {
  const response = (error as Partial<DetailedError>).originalResponse;
  if (!response) return new ApiError({ status: 0, code: "offline" });
  const status = response.getStatus();
  try {
    return new ApiError({ ...(JSON.parse(response.getBody()) as Problem), status });
  } catch {
    return new ApiError({ status, code: `http_${status}` });
  }
}

/** All of it has come; the platform looks at it before it is a file. */
async function arrived(id: string, events: CarrierEvents<StoredFile>): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    let now: Uploaded;
    try {
      now = await fetchUpload(id);
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) {
        await new Promise((done) => setTimeout(done, LOOK_MS));
        continue;
      }
      return events.failed(error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" }));
    }
    if (now.state === "done" && now.file) {
      putFile(now.file);
      return events.done(now.file);
    }
    if (now.state === "refused") return events.failed(new ApiError({ status: 422, code: now.refusal ?? "upload_refused" }));
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  events.failed(new ApiError({ status: 504, code: "upload_slow" }));
}
