import { fetchListing } from "../../api/documents";
import { useResource } from "../../app/resource";

/** The largest file the platform takes, bytes, where that is known: said before somebody chooses one that is larger. */
export function useLimit(): number | null {
  const { data } = useResource("documents/limit", () => fetchListing({ kind: "own", id: null }, { limit: 1 }), 300_000);
  return data?.storage?.max_file ?? null;
}
