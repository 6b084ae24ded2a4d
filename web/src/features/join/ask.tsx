import { useState } from "preact/hooks";
import { askToJoin, fetchOwnRequests, fetchSchoolCard, type JoinRequest, type NewRequest, withdrawRequest } from "../../api/school";
import { useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { useResource } from "../../app/resource";
import { useTitle } from "../../app/title";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Area, Field, Segments } from "../../ui/field";
import { Form } from "../../ui/form";
import { Banner, Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { Clock } from "lucide-preact";
import { NotFound } from "../shell/not-found";
import { roleWords } from "../school/words";
import "./join.css";

type Role = NewRequest["role"];

/** Asks to join a school whose address one was given. */
export function AskPage({ id }: { id: string }) {
  useTitle(t("ask.title"));
  const card = useResource(`card/${id}`, () => fetchSchoolCard(id), 600_000);
  const own = useResource("own-requests", fetchOwnRequests, 15_000);
  return (
    <Loaded resource={card} skeleton={<div class="bone join-bone" />} notFound={<NotFound />}>
      {(school) => {
        const open = own.data?.items.find((one) => one.school.id === id && one.state === "open");
        return (
          <section class="card join-card" aria-labelledby="ask-title">
            <div>
              <p class="meta">{t("ask.title")}</p>
              <h1 tabIndex={-1} id="ask-title">
                {school.name}
              </h1>
              <p>{school.city}</p>
            </div>
            {open ? <Waits request={open} onChange={own.reload} /> : <Ask school={id} onDone={own.reload} />}
          </section>
        );
      }}
    </Loaded>
  );
}

function Waits({ request, onChange }: { request: JoinRequest; onChange(): void }) {
  const doing = useDoing();
  return (
    <>
      <Banner icon={<Clock size={20} strokeWidth={1.75} />}>
        {t("ask.waits", { role: roleWords(request.role), date: moment(new Date(request.created_at)) })}
      </Banner>
      {request.message && <q class="request-message">{request.message}</q>}
      <Trouble problem={doing.trouble} />
      <div>
        <Button
          onPress={() =>
            doing.run(async () => {
              await withdrawRequest(request.id);
              onChange();
            })
          }
        >
          {t("ask.withdraw")}
        </Button>
      </div>
    </>
  );
}

function Ask({ school, onDone }: { school: string; onDone(): void }) {
  const [role, setRole] = useState<Role>("student");
  const [klass, setKlass] = useState("");
  const [message, setMessage] = useState("");
  const doing = useDoing();
  const key = useRepeat();
  const ask = async (): Promise<void> => {
    const body: NewRequest = { role, class_name: klass.trim(), message: message.trim() };
    if (await doing.run(() => askToJoin(school, body, key(body)))) onDone();
  };
  return (
    <Form action={t("ask.do")} trouble={doing.trouble} onSubmit={ask}>
      <Segments
        label={t("ask.as")}
        name="role"
        value={role}
        options={(["student", "teacher", "parent"] as const).map((value) => ({ value, label: roleWords(value) }))}
        onChange={(next) => setRole(next)}
      />
      <Field
        label={role === "parent" ? t("ask.childClass") : t("lesson.class")}
        name="class_name"
        value={klass}
        onInput={setKlass}
        maxLength={32}
        autoComplete="off"
        hint={t("ask.classHint")}
      />
      <Area
        label={t("ask.message")}
        name="message"
        value={message}
        onInput={setMessage}
        maxLength={500}
        rows={3}
        hint={role === "parent" ? t("ask.parentHint") : t("ask.messageHint")}
      />
    </Form>
  );
}
