import { Download } from "lucide-preact";
import { useState } from "preact/hooks";
import { askErasure, type Erasure, type Export, EXPORT_FILE, fetchErasure, makeExport, withdrawErasure } from "../../api/account";
import type { Me } from "../../api/types";
import { asApiError, explain, useDoing } from "../../app/action";
import { ApiError } from "../../api/http";
import { useResource } from "../../app/resource";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { bytes, day } from "./when";

/** A deletion that waits for its day; `null` where none was asked for. */
async function standing(): Promise<{ erasure: Erasure | null }> {
  try {
    return { erasure: await fetchErasure() };
  } catch (error) {
    if (error instanceof ApiError && error.code === "not_found") return { erasure: null };
    throw error;
  }
}

/** What the platform knows of one: a copy, and the end of it. */
export function MyData({ person }: { person: Me }) {
  return (
    <>
      <CopyCard />
      <EraseCard person={person} />
    </>
  );
}

function CopyCard() {
  const [copy, setCopy] = useState<Export | null>(null);
  const making = useDoing();
  return (
    <section class="card profile-part" aria-labelledby="data-copy">
      <div class="profile-part-head">
        <div>
          <h2 id="data-copy">{t("data.copyTitle")}</h2>
          <p class="meta">{t("data.copy")}</p>
        </div>
        {!copy && <Button onPress={() => making.run(async () => setCopy(await makeExport()))}>{t("data.make")}</Button>}
      </div>
      <p role="status" class="profile-saved plain">
        {copy && t("data.ready", { size: bytes(copy.size), when: moment(new Date(copy.expires_at)) })}
      </p>
      {copy && (
        <div class="profile-actions">
          <a class="button primary" href={EXPORT_FILE} download="sfera.json" target="_self">
            <Download size={20} strokeWidth={1.75} aria-hidden="true" />
            {t("data.download")}
          </a>
        </div>
      )}
      <Trouble problem={making.trouble} />
    </section>
  );
}

function EraseCard({ person }: { person: Me }) {
  const found = useResource("me/erasure", standing, 60_000);
  const [asking, setAsking] = useState(false);
  const [undone, setUndone] = useState(false);
  const undoing = useDoing();
  return (
    <section class="card profile-part" aria-labelledby="data-erase">
      <h2 id="data-erase">{t("data.eraseTitle")}</h2>
      <Loaded resource={found} skeleton={<div class="bone profile-bone" />} notFound={null}>
        {({ erasure }) =>
          erasure ? (
            <div class="banner refusal" role="status">
              <p>{t("data.eraseWait", { when: day(erasure.due_at) })}</p>
              <Button
                onPress={() =>
                  undoing.run(async () => {
                    await withdrawErasure();
                    setUndone(true);
                    found.reload();
                  })
                }
              >
                {t("data.eraseUndo")}
              </Button>
            </div>
          ) : (
            <div class="profile-part-head">
              <div>
                <p class="meta">{t("data.erase")}</p>
                <p class="profile-saved" role="status">
                  {undone && t("data.eraseUndone")}
                </p>
              </div>
              <Button class="profile-danger" onPress={() => setAsking(true)}>
                {t("data.eraseDo")}
              </Button>
            </div>
          )
        }
      </Loaded>
      <Trouble problem={undoing.trouble} />
      {asking && (
        <EraseDialog
          person={person}
          onDone={() => {
            setAsking(false);
            setUndone(false);
            found.reload();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}

/** What cannot be undone for ever is confirmed in writing: the login, or the name of who has none. */
function EraseDialog({ person, onDone, onClose }: { person: Me; onDone(): void; onClose(): void }) {
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const wanted = person.login || person.name;
  const submit = async (): Promise<void> => {
    if (busy) return;
    if (typed.trim() === "") return setFault(t("data.eraseWrong", { text: wanted }));
    setBusy(true);
    setFault(null);
    try {
      await askErasure(typed.trim());
      onDone();
    } catch (error) {
      const problem = asApiError(error);
      setFault(problem.code === "wrong_confirmation" ? t("data.eraseWrong", { text: wanted }) : explain(problem));
      setBusy(false);
    }
  };
  return (
    <Dialog title={t("data.eraseAsk")} onClose={onClose} question>
      <p>{t("data.erase")}</p>
      <p>{t("data.eraseText")}</p>
      <form
        class="profile-code"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          label={t("data.eraseConfirm", { text: wanted })}
          name="confirmation"
          value={typed}
          onInput={setTyped}
          autoComplete="off"
          plain
          maxLength={120}
          error={fault}
        />
        <div class="dialog-actions">
          <Button onPress={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" kind="danger" busy={busy}>
            {t("data.eraseDo")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
