import { addPush, dropPush, fetchPush } from "../../api/chats";

/** Notices of this browser while no page of Sfera is open. They are only ever switched on by a press. */

export type PushState = "unsupported" | "refused" | "unavailable" | "failed" | "off" | "on";

export function pushable(): boolean {
  return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
}

async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration();
  return (await worker?.pushManager.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!pushable()) return "unsupported";
  if (Notification.permission === "denied") return "refused";
  return (await subscription()) ? "on" : "off";
}

/** Asks the browser, then tells the platform where to send. What becomes of it is the new state. */
export async function switchOn(): Promise<PushState> {
  const { public_key } = await fetchPush();
  if (public_key === null) return "unavailable";
  if ((await Notification.requestPermission()) !== "granted") return pushState();
  const worker = await navigator.serviceWorker.ready;
  // The browser asks a service of its maker for an address, which may be out of reach, and in a private window there is none.
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(public_key) }).catch(() => null);
  if (made === null) return "failed";
  const { endpoint, keys } = made.toJSON();
  const { id } = await addPush(endpoint ?? made.endpoint, { p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" });
  localStorage.setItem(ID, id);
  return "on";
}

export async function switchOff(): Promise<PushState> {
  const made = await subscription();
  const id = localStorage.getItem(ID);
  if (id) await dropPush(id).catch(() => {});
  localStorage.removeItem(ID);
  await made?.unsubscribe();
  return "off";
}

/** What the platform calls this browser's subscription. */
const ID = "sfera.push";

/** Base64url as bytes. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
