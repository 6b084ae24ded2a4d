import { Ticket } from "lucide-preact";
import { useState } from "preact/hooks";
import { fetchInvitations, type Invitation, revokeInvitation, type School } from "../../api/school";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { navigate, withQuery } from "../../app/router";
import { type Key, number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { NotFound } from "../shell/not-found";
import { inviteWords } from "./invite";
import { day } from "./words";

/** Invitations that were made, the newest first; those that still open something can be revoked. */
export function InvitationList({ school }: { school: School }) {
  const first = useResource(`invitations/${school.id}`, () => fetchInvitations(school.id, null), 20_000);
  const [rest, setRest] = useState<Invitation[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  return (
    <Loaded resource={first} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {(page) => {
        const seen = new Set(page.items.map((one) => one.id));
        const all = [...page.items, ...rest.filter((one) => !seen.has(one.id))];
        const cursor = next === undefined ? page.next : next;
        if (all.length === 0) {
          return (
            <div class="card empty">
              <Ticket size={40} strokeWidth={1.5} aria-hidden="true" />
              <p>{t("invitations.none")}</p>
              <Button onPress={() => navigate(withQuery("invite", "1"))}>{t("members.invite")}</Button>
            </div>
          );
        }
        return (
          <>
            <ul class="card people-list">
              {all.map((one) => (
                <Row
                  key={one.id}
                  invitation={one}
                  onRevoked={() => {
                    setRest(rest.map((other) => (other.id === one.id ? { ...other, state: "revoked" } : other)));
                    first.reload();
                  }}
                />
              ))}
            </ul>
            {cursor !== null && (
              <div>
                <Button
                  onPress={async () => {
                    const more = await fetchInvitations(school.id, cursor);
                    setRest([...rest, ...more.items]);
                    setNext(more.next);
                  }}
                >
                  {t("members.more")}
                </Button>
              </div>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function Row({ invitation, onRevoked }: { invitation: Invitation; onRevoked(): void }) {
  const doing = useDoing();
  const open = invitation.state === "open";
  const what = inviteWords(invitation);
  const used =
    invitation.max_uses === null
      ? t("invitations.used", { uses: number(invitation.uses) })
      : t("invitations.usedOf", { uses: number(invitation.uses), all: number(invitation.max_uses) });
  return (
    <li class="invitation-row">
      <div class="person-words">
        <span class="person-name">{what}</span>
        <span class="meta">
          {[
            invitation.note,
            t(`invite.${invitation.kind}`),
            used,
            open ? t("invite.until", { date: day(invitation.expires_at) }) : "",
            invitation.created_by?.name,
          ]
            .filter(Boolean)
            .join(", ")}
        </span>
        <Trouble problem={doing.trouble} />
      </div>
      {open ? (
        <Button
          size="small"
          label={t("invitations.revokeOne", { what })}
          onPress={() =>
            doing.run(async () => {
              await revokeInvitation(invitation.id);
              onRevoked();
            })
          }
        >
          {t("invite.revoke")}
        </Button>
      ) : (
        <span class="pill quiet">{t(`invitations.${invitation.state}` as Key)}</span>
      )}
    </li>
  );
}
