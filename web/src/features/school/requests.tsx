import { CircleAlert, Inbox } from "lucide-preact";
import { useState } from "preact/hooks";
import {
  acceptRequest, fetchRequests, fetchSchoolClasses, type JoinRequest, type School,
} from "../../api/school";
import type { ApiError } from "../../api/http";
import { explain, useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { to } from "../../app/router";
import { showToast } from "../../app/toast";
import { moment, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { CopyLink } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Select } from "../../ui/field";
import { Form } from "../../ui/form";
import { Loaded } from "../../ui/states";
import { NotFound } from "../shell/not-found";
import { ChooseChild } from "./choose-child";
import { decide, decided, refused, type Verdict } from "./decisions";
import { isReady, rightsIn } from "./rights";
import { roleWords } from "./words";

/** Requests to join: one by one, or several at once; each can be taken back for ten seconds. */
export function Requests({ school, onChange }: { school: School; onChange(): void }) {
  const requests = useResource(`requests/${school.id}`, () => fetchRequests(school.id), 15_000);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<JoinRequest | null>(null);
  const reload = (): void => {
    requests.reload();
    onChange();
  };
  const settle = (ids: readonly string[], verdict: Verdict): void => {
    setPicked(new Set([...picked].filter((id) => !ids.includes(id))));
    decide(ids, verdict, reload);
  };
  const manages = rightsIn(school).manages;
  return (
    <>
      <Loaded resource={requests} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
        {({ items }) => {
          const shown = items.filter((one) => !decided.value.has(one.id));
          const chosen = shown.filter((one) => picked.has(one.id)).map((one) => one.id);
          if (shown.length === 0) {
            return (
              <div class="card empty">
                <Inbox size={40} strokeWidth={1.5} aria-hidden="true" />
                <p>{t("requests.none")}</p>
              </div>
            );
          }
          return (
            <>
              {chosen.length > 0 && (
                <div class="picked">
                  <p role="status">{t("requests.picked", { count: chosen.length })}</p>
                  <Button kind="primary" size="small" onPress={() => settle(chosen, "accept")}>
                    {t("requests.accept")}
                  </Button>
                  <Button size="small" onPress={() => settle(chosen, "decline")}>
                    {t("requests.decline")}
                  </Button>
                </div>
              )}
              <ul class="card people-list">
                {shown.map((one) => (
                  <Row
                    key={one.id}
                    request={one}
                    // A parent needs a child, who is in no class wants one: these are asked about one by one.
                    ready={isReady(one, manages)}
                    picked={picked.has(one.id)}
                    onPick={(on) => setPicked(new Set(on ? [...picked, one.id] : [...picked].filter((id) => id !== one.id)))}
                    onAccept={() => (isReady(one, manages) ? settle([one.id], "accept") : setAsking(one))}
                    onDecline={() => settle([one.id], "decline")}
                  />
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
      {manages && <CopyLink label={t("requests.address")} url={location.origin + to.ask(school.id)} />}
      {asking && <AcceptSheet school={school} request={asking} onDone={reload} onClose={() => setAsking(null)} />}
    </>
  );
}

interface RowProps {
  request: JoinRequest;
  ready: boolean;
  picked: boolean;
  onPick(on: boolean): void;
  onAccept(): void;
  onDecline(): void;
}

function Row({ request, ready, picked, onPick, onAccept, onDecline }: RowProps) {
  const { name } = request.person;
  const trouble = refused.value.get(request.id);
  return (
    <li class="request-row">
      <label class="check">
        <input
          type="checkbox"
          checked={picked && ready}
          disabled={!ready}
          aria-label={t("requests.pick", { name })}
          onChange={(event) => onPick(event.currentTarget.checked)}
        />
      </label>
      <Avatar id={request.person.id} name={name} size={40} />
      <div class="person-words">
        <span class="person-name">{name}</span>
        <span class="meta">
          {[roleWords(request.role), request.class?.name, moment(new Date(request.created_at))].filter(Boolean).join(", ")}
        </span>
        {request.message && <q class="request-message">{request.message}</q>}
        {trouble && (
          <span class="field-error" role="alert">
            <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
            {explain(trouble)}
          </span>
        )}
      </div>
      <div class="request-actions">
        <Button size="small" class="soft" label={t("requests.acceptOne", { name })} onPress={onAccept}>
          {t("requests.accept")}
        </Button>
        <Button size="small" label={t("requests.declineOne", { name })} onPress={onDecline}>
          {t("requests.decline")}
        </Button>
      </div>
    </li>
  );
}

interface SheetProps {
  school: School;
  request: JoinRequest;
  onDone(): void;
  onClose(): void;
}

/** What is still open about a request: which class, or whose parent. */
function AcceptSheet({ school, request, onDone, onClose }: SheetProps) {
  const doing = useDoing();
  const { name } = request.person;
  const accept = async (body: { class_id?: string; child_id?: string }): Promise<void> => {
    const went = await doing.run(() => acceptRequest(request.id, body));
    if (!went) return;
    onDone();
    showToast(t("requests.acceptedOne", { name }));
    onClose();
  };
  return (
    <Dialog title={t("requests.acceptTitle", { name })} onClose={onClose}>
      {request.role === "parent" ? (
        <ChooseChild school={school} action={t("requests.accept")} trouble={doing.trouble} onClose={onClose} onChosen={(child) => accept({ child_id: child.id })} />
      ) : (
        <ChooseClass school={school} trouble={doing.trouble} onClose={onClose} onChosen={(id) => accept(id ? { class_id: id } : {})} />
      )}
      {request.message && <q class="request-message">{request.message}</q>}
    </Dialog>
  );
}

interface ChooseProps {
  school: School;
  trouble: ApiError | null;
  onChosen(id: string): Promise<void>;
  onClose(): void;
}

function ChooseClass({ school, trouble, onChosen, onClose }: ChooseProps) {
  const classes = useResource(`classes/${school.id}/open`, () => fetchSchoolClasses(school.id), 60_000);
  const [chosen, setChosen] = useState<string | null>(null);
  const open = (classes.data ?? []).filter((one) => one.may.includes("decide_requests"));
  const id = chosen ?? open[0]?.id ?? "";
  return (
    <Form action={t("requests.accept")} trouble={trouble} onSubmit={() => onChosen(id)} onClose={onClose}>
      <Select
        label={t("lesson.class")}
        value={id}
        onChange={setChosen}
        options={[
          ...open.map((one) => ({ value: one.id, label: one.name })),
          ...(rightsIn(school).manages ? [{ value: "", label: t("invite.laterClass") }] : []),
        ]}
      />
    </Form>
  );
}
