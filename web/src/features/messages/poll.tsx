import { Check } from "lucide-preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Chat, type Message, type Poll, vote } from "../../api/chats";
import { useDoing } from "../../app/action";
import { moment, number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Trouble } from "../../ui/trouble";
import type { Thread } from "./thread";

interface PollProps {
  message: Message;
  poll: Poll;
  chat: Chat;
  thread: Thread;
  tab: number;
}

/** A poll: it says whether it is anonymous before one votes, shows the result after, and can be voted in anew until it closes. */
export function PollView({ message, poll, chat, thread, tab }: PollProps) {
  const voted = poll.mine.length > 0;
  const [anew, setAnew] = useState(false);
  const choosing = !poll.closed && chat.may.includes("react") && (!voted || anew);
  return (
    <div class="poll" data-testid="poll">
      <div class="poll-head">
        <b>{message.text || t("poll.title")}</b>
        <span class="meta">{kindWords(poll)}</span>
      </div>
      {choosing ? (
        <Choice message={message} poll={poll} thread={thread} tab={tab} onDone={() => setAnew(false)} />
      ) : (
        <Result poll={poll} />
      )}
      <div class="poll-foot">
        <span class="num">{t("poll.voters", { count: poll.voters })}</span>
        {!poll.closed && voted && !choosing && (
          <button
            type="button"
            class="button text small"
            tabIndex={tab}
            onClick={(event) => {
              itemOf(event.currentTarget)?.focus();
              setAnew(true);
            }}
          >
            {t("poll.change")}
          </button>
        )}
      </div>
    </div>
  );
}

function kindWords(poll: Poll): string {
  const kind = t(poll.anonymous ? "poll.anonymous" : "poll.open");
  if (poll.closed) return t("poll.isClosed");
  return poll.closes_at === null ? kind : t("poll.kindUntil", { kind, until: moment(new Date(poll.closes_at)) });
}

function Choice({ message, poll, thread, tab, onDone }: { message: Message; poll: Poll; thread: Thread; tab: number; onDone(): void }) {
  const [chosen, setChosen] = useState<readonly number[]>(poll.mine);
  const doing = useDoing();
  const name = useId();
  useEffect(() => setChosen(poll.mine), [poll.mine.join()]);
  const choose = (index: number, on: boolean): void => {
    if (!poll.multiple) setChosen([index]);
    else setChosen(on ? [...chosen, index] : chosen.filter((one) => one !== index));
  };
  const ref = useRef<HTMLFieldSetElement>(null);
  const done = (item = itemOf(ref.current)): void => {
    onDone();
    // The buttons go; one stays at the message.
    item?.focus();
  };
  const send = async (): Promise<void> => {
    const item = itemOf(ref.current);
    const went = await doing.run(async () => thread.take(await vote(message.chat_id, message.number, [...chosen].sort()), false));
    if (went) done(item);
  };
  return (
    <fieldset class="poll" ref={ref}>
      <legend class="hidden-text">{t(poll.multiple ? "poll.chooseSeveral" : "poll.chooseOne")}</legend>
      <div class="poll-options">
        {poll.options.map((option, index) => (
          <label key={index} class="poll-option">
            <input
              type={poll.multiple ? "checkbox" : "radio"}
              name={name}
              tabIndex={tab}
              checked={chosen.includes(index)}
              onChange={(event) => choose(index, event.currentTarget.checked)}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </div>
      <Trouble problem={doing.trouble} />
      <div class="poll-foot">
        <Button kind="primary" size="small" tab={tab} testId="vote" onPress={send}>
          {t("poll.vote")}
        </Button>
        {poll.mine.length > 0 && (
          <Button kind="text" size="small" tab={tab} onPress={() => done()}>
            {t("common.cancel")}
          </Button>
        )}
      </div>
    </fieldset>
  );
}

const itemOf = (within: HTMLElement | null): HTMLElement | null => within?.closest<HTMLElement>("[data-key]") ?? null;

function Result({ poll }: { poll: Poll }) {
  return (
    <ul class="poll-options">
      {poll.options.map((option, index) => {
        const share = poll.voters === 0 ? 0 : option.votes / poll.voters;
        const mine = poll.mine.includes(index);
        return (
          <li key={index} class="poll-option">
            {mine ? <Check size={20} strokeWidth={2} role="img" aria-label={t("poll.mine")} /> : <span />}
            <span>{option.text}</span>
            <span class="meta num">{t("poll.share", { percent: number(Math.round(share * 100)), count: option.votes })}</span>
            <span class="progress" aria-hidden="true">
              <span style={{ width: `${share * 100}%` }} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
