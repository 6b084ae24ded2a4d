import { File, FileArchive, FileAudio, FileImage, FileSpreadsheet, FileText, FileVideo, Presentation } from "lucide-preact";

interface FileIconProps {
  name: string;
  mediaType: string;
  /** A small picture of what is in it. */
  picture: string | null;
  size?: number;
}

/** What kind of file it is, or what is in it. Decoration: its name stands beside it. */
export function FileIcon({ name, mediaType, picture, size = 20 }: FileIconProps) {
  const Icon = iconOf(name, mediaType);
  return (
    <span class="file-icon" aria-hidden="true">
      {picture ? <img src={picture} alt="" loading="lazy" decoding="async" /> : <Icon size={size} strokeWidth={1.75} />}
    </span>
  );
}

function iconOf(name: string, mediaType: string) {
  if (mediaType.startsWith("image/")) return FileImage;
  if (mediaType.startsWith("video/")) return FileVideo;
  if (mediaType.startsWith("audio/")) return FileAudio;
  if (/spreadsheet|excel|csv/.test(mediaType) || /\.(xlsx?|ods|csv)$/i.test(name)) return FileSpreadsheet;
  if (/presentation|powerpoint/.test(mediaType) || /\.(pptx?|odp)$/i.test(name)) return Presentation;
  if (/zip|rar|7z|tar|gzip/.test(mediaType)) return FileArchive;
  if (/pdf|word|text|opendocument/.test(mediaType)) return FileText;
  return File;
}
