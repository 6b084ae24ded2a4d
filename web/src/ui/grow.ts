/** Makes a field as high as what stands in it; its `max-height` says where it begins to scroll. */
export function grow(area: HTMLTextAreaElement | null): void {
  if (!area) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}
