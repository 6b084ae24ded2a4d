import { useLayoutEffect, useRef } from "preact/hooks";

/** What a school says without words. The first row is what one reacts with most. */
const EMOJI = [
  "👍", "❤️", "😂", "👏", "🔥", "🎉", "🤔",
  "😊", "😍", "😎", "😅", "😮", "😢", "😴",
  "🙂", "😉", "😇", "🤗", "🤩", "🥳", "🤓",
  "🙏", "💪", "👌", "✌️", "👋", "🤝", "👀",
  "✅", "❌", "❓", "💯", "⭐", "✨", "💡",
  "📚", "✏️", "📝", "📐", "🔬", "🔭", "🎨",
  "🎵", "⚽", "🏀", "🏆", "🥇", "🎓", "🚌",
  "🌞", "🌧️", "❄️", "🌱", "🌸", "🍂", "🌈",
  "🐱", "🐶", "🦊", "🐻", "🐢", "🦉", "🦆",
  "🍎", "🍕", "🍰", "🎂", "☕", "🎁", "🎈",
] as const;

const COLUMNS = 7;

interface EmojiBoxProps {
  anchor: HTMLElement;
  label: string;
  onPick(emoji: string): void;
  onClose(): void;
}

/** Emoji in a grid: arrows walk, Enter chooses, Esc closes. */
export function EmojiBox({ anchor, label, onPick, onClose }: EmojiBoxProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = ref.current;
    if (!box) return;
    box.showPopover?.();
    const from = anchor.getBoundingClientRect();
    const size = box.getBoundingClientRect();
    const top = from.top - size.height - 4 > 8 ? from.top - size.height - 4 : Math.min(from.bottom + 4, innerHeight - size.height - 8);
    box.style.top = `${Math.max(8, top)}px`;
    box.style.left = `${Math.min(Math.max(8, from.right - size.width), innerWidth - size.width - 8)}px`;
    box.querySelector("button")?.focus();
    const outside = (event: Event): void => {
      if (!box.contains(event.target as Node)) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    window.addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      window.removeEventListener("resize", onClose);
      if (anchor.isConnected) anchor.focus();
    };
  }, [anchor]);
  const walk = (event: KeyboardEvent): void => {
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      onClose();
      return;
    }
    const buttons = [...(ref.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[Math.min(Math.max(at + by, 0), buttons.length - 1)]?.focus();
  };
  return (
    <div ref={ref} class="emoji-box" role="dialog" aria-label={label} popover="manual" onKeyDown={walk} data-testid="emoji">
      <div class="emoji-grid">
        {EMOJI.map((emoji, index) => (
          <button key={emoji} type="button" tabIndex={index === 0 ? 0 : -1} onClick={() => onPick(emoji)}>
            {emoji}
          </button>
        ))}
      </div>
    </div>
  );
}
