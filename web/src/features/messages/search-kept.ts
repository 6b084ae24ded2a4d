import type { Chat, FoundMessage, History } from "../../api/chats";
import { keptRead } from "../../app/kept";
import { fits } from "./excerpt";
import { shelfOf } from "./thread";

/** So many messages are shown; what is kept is little anyway. */
const MOST = 30;

/** Searches what was read last and is kept on this device, for when the network is away. The newest first. */
export async function searchKept(person: string, q: string, chats: readonly Chat[]): Promise<FoundMessage[]> {
  const found = await Promise.all(
    chats.map(async (chat) => {
      const kept = await keptRead(person, shelfOf(chat.id));
      const messages = (kept?.data as History | undefined)?.items ?? [];
      return messages
        .filter((one) => one.deleted_at === null && fits(one.text, q))
        .map((message) => ({ chat: { id: chat.id, name: chat.title }, kind: chat.kind, message }));
    }),
  );
  return found.flat().sort((a, b) => Date.parse(b.message.at) - Date.parse(a.message.at)).slice(0, MOST);
}
