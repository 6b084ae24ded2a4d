import { signal } from "@preact/signals";

export type Mode = "grid" | "stage" | "voice";
export const SIZES = [9, 16, 25, 49] as const;

/** How one looks at a lesson. It is each person's own and lives as long as the lesson's page. */
export class View {
  readonly mode = signal<Mode>("grid");
  readonly page = signal(0);
  /** Tiles on a page of the grid: 16 for who leads, 9 for the others, until they choose. */
  readonly pageSize = signal<number>(9);
  /** Participant id of the pinned one. */
  readonly pinned = signal<string | null>(null);
  readonly selfHidden = signal(false);
  readonly panel = signal(false);
  readonly keysShown = signal(false);
  /** What a person has to know about an action that did not work; null when all is well. */
  readonly trouble = signal<string | null>(null);

  togglePin(participant: string): void {
    this.pinned.value = this.pinned.value === participant ? null : participant;
  }
}
