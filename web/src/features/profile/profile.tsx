import { me } from "../../app/session";
import { navigate, query, withQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { TabPanel, Tabs } from "../../ui/tabs";
import { Children } from "./children";
import { MyData } from "./data";
import { Notices } from "../messages/notices";
import { About } from "./about";
import { Security } from "./security";
import { SessionList } from "./sessions";
import "./profile.css";

const TABS = ["me", "notices", "children", "security", "sessions", "data"] as const;
type TabName = (typeof TABS)[number];

/** S18: who one is here, how Sfera looks, the ways in, where one is signed in, one's data. The part is in the address. */
export function Profile() {
  const person = me.value;
  const asked = query.value.get("tab") as TabName;
  const shown = TABS.includes(asked) ? asked : "me";
  const parent = person?.memberships.some((one) => one.role === "parent") ?? false;
  useTitle(shown === "me" ? t("profile.title") : t(`profile.tab.${shown}`));
  if (!person) return null;
  const tabs = TABS.filter((tab) => tab !== "children" || parent || shown === "children").map((id) => ({
    id,
    label: t(`profile.tab.${id}`),
  }));
  return (
    <>
      <h1 tabIndex={-1}>{t("profile.title")}</h1>
      <Tabs
        label={t("profile.title")}
        name="profile"
        tabs={tabs}
        value={shown}
        onChange={(tab) => navigate(tab === "me" ? "/profile" : withQuery("tab", tab), true)}
      />
      <TabPanel name="profile" value={shown}>
        {shown === "me" && <About person={person} />}
        {shown === "notices" && <Notices />}
        {shown === "children" && <Children />}
        {shown === "security" && <Security person={person} />}
        {shown === "sessions" && <SessionList person={person} />}
        {shown === "data" && <MyData person={person} />}
      </TabPanel>
    </>
  );
}
