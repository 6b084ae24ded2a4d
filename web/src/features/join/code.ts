/** The code in what somebody typed or pasted: the code itself, or the whole link. */
export function codeIn(typed: string): string {
  const text = typed.trim();
  const linked = /\/join\/([^/?#\s]+)/.exec(text)?.[1];
  if (linked === undefined) return text.replace(/\s+/g, "");
  try {
    return decodeURIComponent(linked);
  } catch {
    return linked;
  }
}
