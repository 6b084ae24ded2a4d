import { CircleAlert, Info, WifiOff } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Shown } from "../app/resource";
import { clock, t } from "../i18n";
import { Button } from "./button";

/** Milliseconds since `since`, in steps that the page cares about. */
export function useElapsed(since: number, steps: readonly number[]): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timers = steps.map((step) => setTimeout(() => setNow(Date.now()), Math.max(0, since + step - Date.now()) + 5));
    return () => timers.forEach(clearTimeout);
  }, [since]);
  return now - since;
}

/** A clock that ticks each second while it is looked at. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

interface LoadedProps<T> {
  resource: Shown<T>;
  skeleton: ComponentChildren;
  notFound: ComponentChildren;
  children(data: T): ComponentChildren;
}

/**
 * What is fetched, through all its states: nothing for 200 ms, a skeleton, a line after 5 s, [Try again] after 15 s;
 * what we had before is shown at once, and says so when it cannot be refreshed.
 */
export function Loaded<T>({ resource, skeleton, notFound, children }: LoadedProps<T>) {
  const { data, error } = resource;
  if (data !== null) {
    return (
      <>
        {error && error.status !== 404 && (
          <Banner icon={<WifiOff size={20} strokeWidth={1.75} />} action={t("common.retry")} onAction={resource.reload}>
            {t("common.asOf", { time: clock(new Date(resource.at)) })}
          </Banner>
        )}
        {children(data)}
      </>
    );
  }
  if (error?.status === 404) return <>{notFound}</>;
  if (error) return <Failed code={error.code} onRetry={resource.reload} />;
  return <Waiting since={resource.since || Date.now()} skeleton={skeleton} onRetry={resource.reload} />;
}

export function Waiting({ since, skeleton, onRetry }: { since: number; skeleton: ComponentChildren; onRetry(): void }) {
  const elapsed = useElapsed(since, [200, 5_000, 15_000]);
  if (elapsed < 200) return null;
  return (
    <>
      {elapsed >= 5_000 && (
        <Banner
          icon={<Info size={20} strokeWidth={1.75} />}
          {...(elapsed >= 15_000 ? { action: t("common.retry"), onAction: onRetry } : {})}
        >
          {t("load.long")}
        </Banner>
      )}
      <div role="img" aria-label={t("load.wait")}>
        {skeleton}
      </div>
    </>
  );
}

export function Failed({ code, onRetry }: { code: string; onRetry(): void }) {
  return (
    <div class="card empty">
      <p class="field-error">
        <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
        {code === "offline" ? t("offline") : t("load.failed")}
      </p>
      <Button onPress={onRetry}>{t("common.retry")}</Button>
      <p class="meta">{t("common.code", { code })}</p>
    </div>
  );
}

interface BannerProps {
  children: ComponentChildren;
  icon?: ComponentChildren;
  refusal?: boolean;
  action?: string;
  onAction?: () => unknown;
}

export function Banner({ children, icon, refusal, action, onAction }: BannerProps) {
  return (
    <div class={refusal ? "banner refusal" : "banner"} role="status">
      {icon}
      <p>{children}</p>
      {action && (
        <Button size="small" onPress={() => onAction?.()}>
          {action}
        </Button>
      )}
    </div>
  );
}
