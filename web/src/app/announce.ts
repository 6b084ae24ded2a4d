/**
 * What a screen reader is told, through two regions that are empty at load and apart from what is seen.
 * Polite words wait for each other, so that there is at most one in three seconds.
 */

const SPACING_MS = 3_000;
const STAYS_MS = 8_000;
const queue: string[] = [];
let last = -Infinity;
let timer: ReturnType<typeof setTimeout> | null = null;

export function announce(text: string): void {
  if (queue[queue.length - 1] === text) return;
  queue.push(text);
  pump();
}

/** Said at once, over everything else: the floor, being removed, the end of a lesson. */
export function announceNow(text: string): void {
  say("assertive", text);
}

function pump(): void {
  if (timer !== null || queue.length === 0) return;
  timer = setTimeout(
    () => {
      timer = null;
      const text = queue.shift();
      if (text !== undefined) {
        last = performance.now();
        say("polite", text);
      }
      pump();
    },
    Math.max(50, last + SPACING_MS - performance.now()),
  );
}

function say(region: "polite" | "assertive", text: string): void {
  const element = document.getElementById(region);
  if (!element) return;
  // The same words twice are only read twice when the region was empty in between.
  element.textContent = "";
  setTimeout(() => {
    element.textContent = text;
  }, 30);
  // Read by then; whoever walks through the page later is not to meet old news.
  setTimeout(() => {
    if (element.textContent === text) element.textContent = "";
  }, STAYS_MS);
}
