import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Failed, Waiting } from "./states";

interface LazyProps<P> {
  load(): Promise<FunctionComponent<P>>;
}

/** A part of the page that is loaded when it is first needed. */
export function Lazy<P extends object>({ load, ...props }: LazyProps<P> & P) {
  const [Part, setPart] = useState<FunctionComponent<P> | null>(null);
  const [failed, setFailed] = useState(false);
  const [since, setSince] = useState(Date.now());
  const fetchIt = (): void => {
    setFailed(false);
    setSince(Date.now());
    load().then(
      (part) => setPart(() => part),
      () => setFailed(true),
    );
  };
  useEffect(fetchIt, []);
  if (Part) return <Part {...(props as unknown as P)} />;
  if (failed) return <Failed code="offline" onRetry={fetchIt} />;
  return <Waiting since={since} skeleton={<div class="page" />} onRetry={fetchIt} />;
}
