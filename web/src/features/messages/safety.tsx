import { ShieldCheck, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { type ChatPolicy, decideReport, fetchPolicy, fetchReports, type Report, setPolicy } from "../../api/chats";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { navigate, query, to, withQuery } from "../../app/router";
import { showToast } from "../../app/toast";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Area, Field, Segments } from "../../ui/field";
import { Form } from "../../ui/form";
import { Loaded } from "../../ui/states";
import { TabPanel, Tabs } from "../../ui/tabs";
import { Trouble } from "../../ui/trouble";
import { NotFound } from "../shell/not-found";
import { chatOf } from "./inbox";
import "./safety.css";

const PARTS = ["reports", "rules"] as const;
type Part = (typeof PARTS)[number];

/** Administrators only: messages and comments that somebody has reported, the words of the school, how long chats are kept. */
export function Safety({ school }: { school: string }) {
  const asked = query.value.get("part") as Part;
  const part = PARTS.includes(asked) ? asked : "reports";
  return (
    <>
      <Tabs
        label={t("safety.title")}
        name="safety"
        small
        value={part}
        onChange={(next) => navigate(withQuery("part", next === "reports" ? null : next), true)}
        tabs={PARTS.map((id) => ({ id, label: t(`safety.${id}`) }))}
      />
      <TabPanel name="safety" value={part}>
        {part === "reports" ? <Reports school={school} /> : <Rules school={school} />}
      </TabPanel>
    </>
  );
}

function Reports({ school }: { school: string }) {
  const [state, setState] = useState<"open" | "decided">("open");
  const reports = useResource(`reports/${school}/${state}`, () => fetchReports(school, state), 30_000);
  return (
    <>
      <Segments
        label={t("safety.which")}
        name="reports"
        value={state}
        onChange={(next) => setState(next)}
        options={[
          { value: "open", label: t("safety.open") },
          { value: "decided", label: t("safety.decided") },
        ]}
      />
      <Loaded resource={reports} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
        {({ items }) =>
          items.length === 0 ? (
            <div class="card empty">
              <ShieldCheck size={32} strokeWidth={1.5} aria-hidden="true" />
              <p>{t(state === "open" ? "safety.noneOpen" : "safety.noneDecided")}</p>
            </div>
          ) : (
            <ul class="reports" data-testid="reports">
              {items.map((one) => (
                <ReportCard key={one.id} report={one} onDone={reports.reload} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}

/** What is said of a report, by what it is about. */
const WORDS = {
  message: {
    remove: "safety.delete",
    ask: "chat.deleteAsk",
    lost: "safety.deleteText",
    deleted: "safety.deleted",
    dismiss: "safety.dismiss",
    dismissed: "safety.dismissed",
    kept: "safety.kept",
  },
  comment: {
    remove: "comments.delete",
    ask: "comments.deleteAsk",
    lost: "safety.commentDeleteText",
    deleted: "comments.deleted",
    dismiss: "safety.commentDismiss",
    dismissed: "safety.commentDismissed",
    kept: "safety.commentKept",
  },
} as const;

function ReportCard({ report, onDone }: { report: Report; onDone(): void }) {
  const [asking, setAsking] = useState(false);
  const doing = useDoing();
  const words = WORDS[report.comment ? "comment" : "message"];
  const decide = async (action: "dismiss" | "delete"): Promise<void> => {
    if (!(await doing.run(() => decideReport(report.id, action)))) return;
    setAsking(false);
    onDone();
    showToast(t(words[action === "delete" ? "deleted" : "dismissed"]));
  };
  return (
    <li class="card report">
      <p class="report-why">
        <b>{t(`report.${report.reason}`)}</b>
        <span class="meta">{report.reporter ? t("safety.by", { name: report.reporter.name, when: moment(new Date(report.at)) }) : moment(new Date(report.at))}</span>
      </p>
      <blockquote class="quote">
        <b>{whereFrom(report)}</b>
        <p class="report-text">{report.text || (report.message && t("chat.files", { count: report.message.attachments.length }))}</p>
      </blockquote>
      {report.note && <p class="request-message">{report.note}</p>}
      <Trouble problem={doing.trouble} />
      <div class="actions">
        {report.state === "open" ? (
          <>
            <Button kind="danger" icon={<Trash2 size={20} strokeWidth={1.75} />} onPress={() => setAsking(true)}>
              {t(words.remove)}
            </Button>
            <Button testId="dismiss" onPress={() => decide("dismiss")}>
              {t(words.dismiss)}
            </Button>
            <ShowLink report={report} />
          </>
        ) : (
          <p class="meta">
            {t(report.state === "deleted" ? words.deleted : words.kept)}{" "}
            {report.decided_by && t("safety.decidedBy", { name: report.decided_by.name, when: moment(new Date(report.decided_at ?? report.at)) })}
          </p>
        )}
      </div>
      {asking && <Confirm title={t(words.ask)} text={t(words.lost)} action={t(words.remove)} onConfirm={() => decide("delete")} onClose={() => setAsking(false)} />}
    </li>
  );
}

/** Whose words they are, and where they stand. */
function whereFrom({ message, chat, comment, article }: Report): string {
  if (comment) return t("safety.fromArticle", { name: comment.author.name, title: article?.name ?? "" });
  const name = message?.author.name ?? "";
  return chat?.name ? t("safety.from", { name, chat: chat.name }) : t("safety.fromPersonal", { name });
}

/** Leads to where the words stand, for who may read there. */
function ShowLink({ report: { message, article } }: { report: Report }) {
  if (article) {
    return (
      <a class="button text" href={to.article(article.id)}>
        {t("safety.commentShow")}
      </a>
    );
  }
  if (!message || !chatOf(message.chat_id)) return null;
  return (
    <a class="button text" href={to.chat(message.chat_id, String(message.number))}>
      {t("safety.show")}
    </a>
  );
}

/** Words of one kind, a line each. */
const linesOf = (policy: ChatPolicy, action: "refuse" | "flag"): string =>
  policy.words.filter((one) => one.action === action).map((one) => one.word).join("\n");

const wordsIn = (text: string): string[] => [...new Set(text.split(/[\n,;]/).map((word) => word.trim()).filter(Boolean))];

function Rules({ school }: { school: string }) {
  const policy = useResource(`policy/${school}`, () => fetchPolicy(school), 600_000);
  return (
    <Loaded resource={policy} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {({ data, etag }) => <RulesForm key={etag} school={school} policy={data} etag={etag} onSaved={policy.reload} />}
    </Loaded>
  );
}

const FEWEST_DAYS = 30;
const MOST_DAYS = 3650;

function RulesForm({ school, policy, etag, onSaved }: { school: string; policy: ChatPolicy; etag: string; onSaved(): void }) {
  const [refuse, setRefuse] = useState(linesOf(policy, "refuse"));
  const [flag, setFlag] = useState(linesOf(policy, "flag"));
  const [ends, setEnds] = useState(policy.retention_days !== null);
  const [days, setDays] = useState(String(policy.retention_days ?? 365));
  const doing = useDoing();
  const count = Number(days);
  const wrong = ends && !(Number.isInteger(count) && count >= FEWEST_DAYS && count <= MOST_DAYS);
  const save = async (): Promise<void> => {
    if (wrong) return;
    const words = [
      ...wordsIn(refuse).map((word) => ({ word, action: "refuse" as const })),
      ...wordsIn(flag).map((word) => ({ word, action: "flag" as const })),
    ];
    if (!(await doing.run(() => setPolicy(school, etag, { words, retention_days: ends ? count : null })))) return;
    onSaved();
    showToast(t("safety.saved"));
  };
  return (
    <div class="card form-card">
      <Form action={t("common.save")} trouble={doing.trouble} onSubmit={save}>
        <Area label={t("safety.refuse")} name="refuse" rows={4} value={refuse} hint={t("safety.refuseHint")} onInput={setRefuse} />
        <Area label={t("safety.flag")} name="flag" rows={4} value={flag} hint={t("safety.flagHint")} onInput={setFlag} />
        <Segments
          label={t("safety.keep")}
          name="keep"
          value={ends ? "days" : "ever"}
          onChange={(value) => setEnds(value === "days")}
          options={[
            { value: "ever", label: t("safety.keepEver") },
            { value: "days", label: t("safety.keepDays") },
          ]}
        />
        {ends && (
          <Field
            label={t("safety.days")}
            name="days"
            type="number"
            inputMode="numeric"
            min={String(FEWEST_DAYS)}
            max={String(MOST_DAYS)}
            value={days}
            hint={t("safety.daysHint")}
            error={wrong ? t("safety.daysWrong", { fewest: FEWEST_DAYS, most: MOST_DAYS }) : null}
            onInput={setDays}
          />
        )}
      </Form>
    </div>
  );
}
