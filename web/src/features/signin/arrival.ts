import { type Arrival, fetchArrival } from "../../api/account";

const KEPT = "sfera.arrival";

/** This browser has come from a provider and is not in yet: registering may use that. */
export function noteArrival(): void {
  sessionStorage.setItem(KEPT, "1");
}

export function dropArrival(): void {
  sessionStorage.removeItem(KEPT);
}

/** Who has come, if anybody has in this tab and it still counts. */
export async function keptArrival(): Promise<Arrival | null> {
  if (sessionStorage.getItem(KEPT) === null) return null;
  try {
    const found = await fetchArrival();
    return found.outcome === "unknown" ? found : null;
  } catch {
    dropArrival();
    return null;
  }
}
