import { Pause, Play, RotateCw, X } from "lucide-preact";
import { explainCode } from "../../app/action";
import { number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { FileIcon } from "./icon";
import { bytes } from "./size";
import { cancelUpload, type FileUpload, pauseUpload, resumeUpload } from "./uploads";

export function percentOf(upload: FileUpload): number {
  return upload.size === 0 ? 100 : Math.floor((upload.sent / upload.size) * 100);
}

/** How far it is, or what it waits for. */
export function uploadWords(upload: FileUpload): string {
  switch (upload.state) {
    case "waiting":
      return t("files.waiting");
    case "paused":
      return t("files.paused", { percent: number(percentOf(upload)) });
    case "offline":
      return t("files.offline", { percent: number(percentOf(upload)) });
    case "done":
      return bytes(upload.size);
    case "failed":
      return explainCode(upload.code ?? "");
    default:
      if (upload.sent >= upload.size) return t("files.looking");
      return upload.speed > 0
        ? t("files.going", { percent: number(percentOf(upload)), speed: bytes(upload.speed) })
        : t("files.percent", { percent: number(percentOf(upload)) });
  }
}

export function UploadBar({ upload }: { upload: FileUpload }) {
  const percent = percentOf(upload);
  return (
    <span class="progress" role="progressbar" aria-label={upload.name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      <span style={{ width: `${percent}%` }} />
    </span>
  );
}

/** A file on its way up: name, size, bar, speed; pause, go on, take away. */
export function UploadRow({ upload }: { upload: FileUpload }) {
  const { key, name, state } = upload;
  return (
    <li class="upload-row" data-testid="upload" data-state={state}>
      <FileIcon name={name} mediaType="" picture={null} />
      <span class="upload-words">
        <span class="file-name">{name}</span>
        <span class={state === "failed" ? "field-error" : "meta num"}>{uploadWords(upload)}</span>
        {state !== "done" && state !== "failed" && <UploadBar upload={upload} />}
      </span>
      {(state === "going" || state === "waiting") && (
        <Button kind="text" size="small" label={t("files.pause", { name })} icon={<Pause size={18} strokeWidth={1.75} />} onPress={() => pauseUpload(key)} />
      )}
      {state === "paused" && (
        <Button kind="text" size="small" label={t("files.resume", { name })} icon={<Play size={18} strokeWidth={1.75} />} onPress={() => resumeUpload(key)} />
      )}
      {state === "failed" && (
        <Button kind="text" size="small" label={t("files.again", { name })} icon={<RotateCw size={18} strokeWidth={1.75} />} onPress={() => resumeUpload(key)} />
      )}
      <Button kind="text" size="small" label={t("files.remove", { name })} icon={<X size={18} strokeWidth={1.75} />} onPress={() => cancelUpload(key)} />
    </li>
  );
}
