import { signal } from "@preact/signals";
import { addComment, type Comment, deleteComment, fetchComments } from "../../api/documents";
import type { PlatformEvent } from "../../api/events";
import type { ApiError } from "../../api/http";
import { asApiError } from "../../app/action";
import { announce } from "../../app/announce";
import { Calm } from "../../app/calm";
import { listen } from "../../app/live";
import { live } from "../../app/resource";
import { forget, me } from "../../app/session";
import { t } from "../../i18n";
import { shortOf } from "../messages/text";
import { type Held, withAdded, withEarlier, withNewest, without } from "./comment-merge";

const PAGE = 30;
/** The most that is read at once. */
const MOST = 200;
/** While nobody tells us of changes, they are asked for. */
const ASK_MS = 30_000;
/** Hundreds may read one article: they hear of a comment at once, and read it over so long, */
const SPREAD_MS = 1_500;
/** and at most so often where many write. */
const CALM_MS = 1_000;
/** Somebody is called otherwise, or is no more; nothing is said in a class any more. */
const CHANGES_ALL = /^(person|class|year)\./;

/** What is said about one open article, kept in step by what happens. */
export class CommentThread {
  readonly held = signal<Held | null>(null);
  readonly error = signal<ApiError | null>(null);
  readonly since = signal(Date.now());
  readonly loadingEarlier = signal(false);

  private end: (() => void) | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private reading: Promise<void> | null = null;
  private again = false;
  private readonly calm = new Calm(() => void this.refresh(), CALM_MS);

  constructor(private readonly article: string) {}

  start(): void {
    this.end = listen((event) => this.hear(event));
    this.timer = setInterval(() => {
      if (!live.peek() && document.visibilityState === "visible") void this.refresh();
    }, ASK_MS);
    void this.refresh();
  }

  stop(): void {
    this.end?.();
    this.end = null;
    clearInterval(this.timer);
    this.calm.stop();
  }

  /** Tries once more what could not be read at first. */
  retry(): void {
    this.since.value = Date.now();
    this.error.value = null;
    void this.refresh();
  }

  /** Rejects with what the platform says. */
  async add(clientId: string, text: string): Promise<void> {
    const comment = await addComment(this.article, clientId, text);
    const held = this.held.peek();
    if (held) this.held.value = withAdded(held, comment);
    await this.refresh();
  }

  /** Rejects with what the platform says; one that is gone already is no failure. */
  async remove(comment: Comment): Promise<void> {
    try {
      await deleteComment(this.article, comment.id);
    } catch (error) {
      if (asApiError(error).status !== 404) throw error;
    }
    this.drop(comment.id);
  }

  async earlier(): Promise<void> {
    const held = this.held.peek();
    if (held?.next == null || this.loadingEarlier.peek()) return;
    this.loadingEarlier.value = true;
    await this.read(async () => {
      const page = await fetchComments(this.article, PAGE, held.next);
      const now = this.held.peek();
      if (now?.next === held.next) this.held.value = withEarlier(now, page);
    });
    this.loadingEarlier.value = false;
  }

  /** Reads the newest ones, as many as are held: one reading at a time, and once more when it was asked for meanwhile. */
  private async refresh(): Promise<void> {
    if (this.reading) {
      this.again = true;
      return this.reading;
    }
    this.calm.done();
    this.reading = this.read(async () => {
      const count = this.held.peek()?.items.length ?? 0;
      const page = await fetchComments(this.article, Math.min(MOST, Math.max(PAGE, count)));
      const now = this.held.peek();
      const known = now?.items[now.items.length - 1]?.number;
      this.held.value = withNewest(now !== null && now.items.length > MOST ? null : now, page);
      if (known !== undefined) this.say(page.items.filter((one) => one.number > known));
    });
    await this.reading;
    this.reading = null;
    if (!this.again) return;
    this.again = false;
    await this.refresh();
  }

  private hear(event: PlatformEvent | null): boolean {
    if (event === null) {
      this.refreshSoon();
      return false;
    }
    const own = event.subject === this.article;
    if (own && event.kind.startsWith("comment.")) {
      const id = event.data?.["comment"];
      if (event.kind === "comment.deleted" && typeof id === "string") this.drop(id);
      this.refreshSoon();
      return true;
    }
    if (own || CHANGES_ALL.test(event.kind)) this.refreshSoon();
    return false;
  }

  private refreshSoon(): void {
    this.calm.soon(Math.random() * SPREAD_MS);
  }

  private drop(id: string): void {
    const held = this.held.peek();
    if (held) this.held.value = without(held, id);
  }

  private say(fresh: readonly Comment[]): void {
    const theirs = fresh.filter((one) => one.author.id !== me.peek()?.id);
    if (theirs.length === 0 || document.visibilityState !== "visible") return;
    const [newest] = theirs;
    announce(
      theirs.length === 1 && newest
        ? t("chat.heard", { name: newest.author.name, text: shortOf(newest.text) })
        : t("comments.new", { count: theirs.length }),
    );
  }

  private async read(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.error.value = null;
    } catch (error) {
      const problem = asApiError(error);
      if (problem.code === "not_signed_in") forget();
      // A draft has none; the page above says what became of the article.
      else if (problem.status === 404) this.held.value = null;
      this.error.value = problem;
    }
  }
}
