interface AvatarProps {
  id: string;
  name: string;
  size?: 32 | 40 | 56 | 64;
  /** Round is a person, a rounded square a class or a file. */
  square?: boolean;
}

/** Initials on one of eight colours, always the same for the same id. Decoration: the name stands beside it. */
export function Avatar({ id, name, size = 40, square = false }: AvatarProps) {
  const names = `avatar s${size} c${colourOf(id)}${square ? " square" : ""}`;
  return (
    <span class={names} aria-hidden="true">
      {square ? name.slice(0, 3) : initials(name)}
    </span>
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = words[0] ?? "";
  const last = words.length > 1 ? (words[words.length - 1] ?? "") : "";
  return (first.charAt(0) + last.charAt(0)).toLocaleUpperCase();
}

/** FNV-1a, so that neighbours in an alphabet do not get neighbours in the palette. */
export function colourOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) {
    hash ^= id.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash % 8;
}
