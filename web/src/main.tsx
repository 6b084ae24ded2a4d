// First the common styles: what a screen says of itself comes after them.
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/shared.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app/app";
import { startLive } from "./app/live";
import { startWorker } from "./app/worker";
import { startFindKey } from "./features/messages/find-key";
import { startInbox } from "./features/messages/inbox";
import { startSending } from "./features/messages/sending";
import { startRegions } from "./app/regions";
import { startRouter } from "./app/router";
import { loadMe, me } from "./app/session";
import { startSettings } from "./app/settings";
import { adoptLanguage, startI18n } from "./i18n";
import { debugWish } from "./media/debug";

async function start(): Promise<void> {
  // A test's wishes stand in the first address only: keep them before anything navigates.
  debugWish("camera");
  debugWish("codec");
  startSettings();
  startRouter();
  startRegions();
  startFindKey();
  await startI18n();
  const root = document.getElementById("app");
  if (root) render(<App />, root);
  effect(() => {
    const own = me.value?.locale;
    if (own) void adoptLanguage(own);
  });
  startLive();
  startInbox();
  startSending();
  startWorker();
  await loadMe();
}

void start();
