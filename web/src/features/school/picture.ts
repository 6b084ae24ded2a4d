import { ApiError } from "../../api/http";

const LARGEST = 1024 * 1024;
const WIDEST = 1600;

/** A picture as the platform takes it: as it is when it is small, else drawn smaller as JPEG. Rejects what is no picture. */
export async function fitPicture(file: Blob): Promise<Blob> {
  const drawn = await createImageBitmap(file).catch(() => null);
  if (!drawn) throw new ApiError({ status: 422, code: "invalid_picture" });
  const known = ["image/png", "image/jpeg", "image/webp"].includes(file.type);
  if (known && file.size <= LARGEST && drawn.width <= 2 * WIDEST) return file;
  const scale = Math.min(1, WIDEST / drawn.width, WIDEST / drawn.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(drawn.width * scale));
  canvas.height = Math.max(1, Math.round(drawn.height * scale));
  canvas.getContext("2d")?.drawImage(drawn, 0, 0, canvas.width, canvas.height);
  const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  if (!small || small.size > LARGEST) throw new ApiError({ status: 413, code: "invalid_picture" });
  return small;
}
