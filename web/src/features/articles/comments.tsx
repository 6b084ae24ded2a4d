import { Flag, SendHorizontal, Trash2 } from "lucide-preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Comment, reportComment } from "../../api/documents";
import { useDoing } from "../../app/action";
import { announce } from "../../app/announce";
import { useRepeat } from "../../app/repeat";
import { me } from "../../app/session";
import { showToast } from "../../app/toast";
import { moment, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { grow } from "../../ui/grow";
import type { MenuItem } from "../../ui/menu";
import { RowMenu } from "../../ui/row-menu";
import { Failed, Waiting } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { Text } from "../messages/message-text";
import { ReportDialog } from "../messages/report";
import { isSendKey } from "../messages/send-key";
import type { Held } from "./comment-merge";
import { CommentThread } from "./comment-thread";
import "./comments.css";

const LONGEST = 2000;
/** So near the end one is told how much room is left. */
const NEAR_END = 200;
const icon = { size: 20, strokeWidth: 1.75 };

/** A comment's menu has asked for something that needs an answer. */
interface Asked {
  kind: "delete" | "report";
  comment: Comment;
}

/** What is said about an article, under it: the newest below, beside where one writes. */
export function CommentSection({ article }: { article: string }) {
  const thread = useMemo(() => new CommentThread(article), [article]);
  useEffect(() => {
    thread.start();
    return () => thread.stop();
  }, [thread]);
  const held = thread.held.value;
  const error = thread.error.value;
  if (held) return <Opened article={article} thread={thread} held={held} />;
  // It is no more to be read: the page says so.
  if (error?.status === 404) return null;
  return (
    <section class="comments" aria-label={t("comments.title")}>
      {error ? (
        <Failed code={error.code} onRetry={() => thread.retry()} />
      ) : (
        <Waiting since={thread.since.value} skeleton={<div class="bone comments-bone" />} onRetry={() => thread.retry()} />
      )}
    </section>
  );
}

function Opened({ article, thread, held }: { article: string; thread: CommentThread; held: Held }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const id = useId();
  const deleted = (): void => {
    setAsked(null);
    // The row whose button was pressed is gone with it.
    requestAnimationFrame(() => heading.current?.focus());
    showToast(t("comments.deleted"));
  };
  const earlier = async (): Promise<void> => {
    const first = list.current?.firstElementChild;
    await thread.earlier();
    // The button may be gone: one reads on from where the earlier ones end.
    requestAnimationFrame(() => first instanceof HTMLElement && first.focus({ preventScroll: true }));
  };
  return (
    <section class="comments" aria-labelledby={id} data-region data-testid="comments">
      <h2 id={id} ref={heading} tabIndex={-1}>
        {held.count > 0 ? t("comments.count", { count: held.count }) : t("comments.title")}
      </h2>
      {held.next !== null && (
        <Button busy={thread.loadingEarlier.value} testId="earlier-comments" onPress={earlier}>
          {t("comments.earlier")}
        </Button>
      )}
      {held.items.length === 0 ? (
        <p class="comments-note">{t("comments.none")}</p>
      ) : (
        <ol class="comment-list" ref={list}>
          {held.items.map((comment) => (
            <CommentRow key={comment.id} comment={comment} held={held} onAsk={setAsked} />
          ))}
        </ol>
      )}
      {held.mayComment ? <CommentForm thread={thread} newest={held.items[held.items.length - 1]?.id} /> : <p class="comments-note">{t("comments.archived")}</p>}
      {asked?.kind === "delete" && <DeleteDialog thread={thread} comment={asked.comment} onDone={deleted} onClose={() => setAsked(null)} />}
      {asked?.kind === "report" && (
        <ReportDialog
          title={t("comments.report")}
          send={(reason, note) => reportComment(article, asked.comment.id, reason, note)}
          onClose={() => setAsked(null)}
        />
      )}
    </section>
  );
}

interface CommentRowProps {
  comment: Comment;
  held: Held;
  onAsk(asked: Asked): void;
}

function CommentRow({ comment, held, onAsk }: CommentRowProps) {
  const own = comment.author.id === me.value?.id;
  const items: (MenuItem | false)[] = [
    !own && { label: t("chat.report"), icon: <Flag {...icon} />, run: () => onAsk({ kind: "report", comment }) },
    (held.mayModerate || (own && held.mayComment)) && {
      label: t("comments.delete"),
      icon: <Trash2 {...icon} />,
      dangerous: true,
      run: () => onAsk({ kind: "delete", comment }),
    },
  ];
  return (
    <li class="comment" tabIndex={-1} data-testid="comment">
      <Avatar id={comment.author.id} name={comment.author.name} size={32} />
      <p class="comment-head">
        <b>{comment.author.name}</b>
        <time class="meta num" dateTime={comment.at}>
          {moment(new Date(comment.at))}
        </time>
        {comment.flagged && <Flag size={14} strokeWidth={2} aria-label={t("comments.flagged")} role="img" />}
      </p>
      <RowMenu label={t("comments.menu", { name: comment.author.name })} items={items.filter((item) => item !== false)} />
      <Text text={comment.text} />
    </li>
  );
}

interface CommentFormProps {
  thread: CommentThread;
  /** The comment above. */
  newest: string | undefined;
}

function CommentForm({ thread, newest }: CommentFormProps) {
  const [text, setText] = useState("");
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  /** How many went: the same words may be said again. */
  const sent = useRef(0);
  const keyOf = useRepeat();
  const doing = useDoing();
  const note = useId();
  const words = text.trim();
  const left = LONGEST - text.length;
  useLayoutEffect(() => grow(field.current), [text]);
  // What others say meanwhile does not push the field out of sight of who writes in it.
  useLayoutEffect(() => {
    if (document.activeElement === field.current) field.current?.scrollIntoView({ block: "nearest" });
  }, [newest]);

  const send = async (): Promise<void> => {
    if (words === "" || sending) return;
    setSending(true);
    const went = await doing.run(() => thread.add(keyOf({ words, after: sent.current }), words));
    setSending(false);
    if (went) {
      sent.current += 1;
      // What was typed while it was on its way stays.
      setText((now) => (now === text ? "" : now));
      announce(t("comments.sent"));
    }
    field.current?.focus();
  };
  return (
    <div class="comment-form">
      <Trouble problem={doing.trouble} />
      <div class="compose-row">
        <div class="compose-field">
          <textarea
            ref={field}
            rows={1}
            value={text}
            maxLength={LONGEST}
            placeholder={t("comments.write")}
            aria-label={t("comments.write")}
            aria-keyshortcuts="Control+Enter"
            aria-describedby={left <= NEAR_END ? note : undefined}
            data-testid="comment-text"
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (!isSendKey(event)) return;
              event.preventDefault();
              void send();
            }}
          />
        </div>
        <Button
          kind={words === "" ? "quiet" : "primary"}
          label={t("comments.send")}
          title={t("compose.sendCtrl")}
          icon={<SendHorizontal {...icon} />}
          busy={sending}
          testId="send-comment"
          onPress={send}
        />
      </div>
      {left <= NEAR_END && (
        <p class="meta" id={note}>
          {t("comments.left", { count: left })}
        </p>
      )}
    </div>
  );
}

interface DeleteDialogProps {
  thread: CommentThread;
  comment: Comment;
  onDone(): void;
  onClose(): void;
}

function DeleteDialog({ thread, comment, onDone, onClose }: DeleteDialogProps) {
  const doing = useDoing();
  const remove = async (): Promise<void> => {
    if (await doing.run(() => thread.remove(comment))) onDone();
  };
  return (
    <Confirm title={t("comments.deleteAsk")} text={t("comments.deleteText")} action={t("comments.delete")} onConfirm={remove} onClose={onClose}>
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}
