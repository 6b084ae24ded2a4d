import { useEffect } from "preact/hooks";
import { secondStepOwed } from "../api/http";
import { BroadcastsPage } from "../features/broadcasts/list";
import { Home } from "../features/home/home";
import { NotFound } from "../features/shell/not-found";
import { Shell } from "../features/shell/shell";
import { Lazy } from "../ui/lazy";
import { ToastPlace } from "../features/shell/toast";
import { Guest } from "../features/watch/guest";
import { safeBack } from "../features/signin/problems";
import { SignIn } from "../features/signin/signin";
import { Failed, Waiting } from "../ui/states";
import { navigate, path, query, route, to, type Route } from "./router";
import { loadMe, me, sessionTrouble } from "./session";
import { useHeadingFocus, useTitle } from "./title";
import { t } from "../i18n";

const begun = Date.now();
/** Whoever has the link of a public broadcast needs no account to watch it, nor who is about to make one. */
const OPEN: readonly Route["name"][] = ["sign-in", "watch", "register", "reset", "join"];
const registerPage = async () => (await import("../features/register/register")).Register;
const resetPage = async () => (await import("../features/register/reset")).Reset;
const profilePage = async () => (await import("../features/profile/profile")).Profile;
const schoolPage = async () => (await import("../features/school/page")).SchoolPage;
const newSchoolPage = async () => (await import("../features/school/new-school")).NewSchoolPage;
const importPage = async () => (await import("../features/school/import")).ImportPage;
const classPage = async () => (await import("../features/classes/class")).ClassPage;
const joinPage = async () => (await import("../features/join/page")).JoinPage;
const askPage = async () => (await import("../features/join/ask")).AskPage;
const regionPage = async () => (await import("../features/region/page")).RegionPage;
const messagesPage = async () => (await import("../features/messages/page")).MessagesPage;
const documentsPage = async () => (await import("../features/documents/page")).DocumentsPage;
const articlePage = async () => (await import("../features/articles/page")).ArticlePage;
const writePage = async () => (await import("../features/articles/editor")).WritePage;
const albumPage = async () => (await import("../features/articles/album")).AlbumPage;
const watchPage = async () => (await import("../features/watch/page")).WatchPage;
/** The lesson's page brings all of WebRTC with it: it is loaded when somebody goes there. */
const lessonPage = async () => (await import("../features/lesson/page")).LessonPage;

/** Everything: who is signed in decides between the way in and the place the address names. */
export function App() {
  const person = me.value;
  const here = route.value;
  const signingIn = here.name === "sign-in";
  const owes = secondStepOwed.value && !person?.second_step;
  useEffect(() => {
    if (person === null && !OPEN.includes(here.name)) navigate(to.signIn(path.value + location.search), true);
    if (person && signingIn) navigate(afterSignIn(), true);
    if (person && owes && here.name !== "profile") navigate(to.settings("security"), true);
    if (person && here.name === "register") navigate(to.join(query.value.get("code") ?? undefined), true);
  }, [person, here.name, owes]);
  useHeadingFocus(path.value);

  if (sessionTrouble.value) {
    return (
      <main class="page" id="content">
        <Failed code="offline" onRetry={() => void loadMe()} />
      </main>
    );
  }
  if (person === undefined) {
    return <Waiting since={begun} skeleton={<div class="page" />} onRetry={() => void loadMe()} />;
  }
  if (here.name === "reset") return <Lazy key={here.token} load={resetPage} token={here.token} />;
  if (person === null) {
    if (here.name === "register") return <Lazy load={registerPage} />;
    if (here.name === "watch" || here.name === "join") {
      return (
        <>
          <Guest>
            {here.name === "watch" ? (
              <Lazy key={here.id} load={watchPage} id={here.id} />
            ) : (
              <Lazy load={joinPage} code={here.code} />
            )}
          </Guest>
          <ToastPlace />
        </>
      );
    }
    return signingIn ? <SignInPage /> : null;
  }
  if (signingIn || here.name === "register") return null;
  return (
    <>
      {here.name === "lesson" ? (
        <Lazy key={here.id} load={lessonPage} id={here.id} />
      ) : (
        <Shell>{page(here)}</Shell>
      )}
      <ToastPlace />
    </>
  );
}

/** Where one goes who is in: the page one wanted; what went wrong with linking an account is told in the profile. */
function afterSignIn(): string {
  const asked = query.value;
  const problem = asked.get("problem");
  if (problem) return `${to.settings("security")}&problem=${encodeURIComponent(problem)}`;
  return safeBack(asked.get("back") ?? asked.get("return_to"));
}

function SignInPage() {
  useTitle(t("signin.title"));
  return <SignIn />;
}

function page(here: Route) {
  switch (here.name) {
    case "home":
      return <Home />;
    case "school":
      return <Lazy key="school" load={schoolPage} />;
    case "school-page":
      return <Lazy key="school" load={schoolPage} id={here.id} />;
    case "new-school":
      return <Lazy key="new-school" load={newSchoolPage} />;
    case "import":
      return <Lazy key="import" load={importPage} id={here.id} importId={here.importId} />;
    case "ask":
      return <Lazy key={here.id} load={askPage} id={here.id} />;
    case "join":
      return <Lazy key="join" load={joinPage} code={here.code} />;
    case "region":
      return <Lazy key="region" load={regionPage} id={here.id} />;
    case "class":
      return <Lazy key={here.id} load={classPage} id={here.id} />;
    case "broadcasts":
      return <BroadcastsPage />;
    case "watch":
      return <Lazy key={here.id} load={watchPage} id={here.id} />;
    case "profile":
      return <Lazy load={profilePage} />;
    case "messages":
      return <Lazy key="messages" load={messagesPage} chat={here.chat} />;
    case "documents":
      return <Lazy key="documents" load={documentsPage} folder={here.folder} />;
    case "article":
      return <Lazy key={here.id} load={articlePage} id={here.id} />;
    case "write":
      return <Lazy key={here.id ?? "new"} load={writePage} id={here.id} />;
    case "album":
      return <Lazy key={here.id} load={albumPage} id={here.id} />;
    default:
      return <NotFound />;
  }
}
