import { hideToast, holdToast, toast } from "../../app/toast";
import { t } from "../../i18n";
import { Button } from "../../ui/button";

/** Where the toast stands; readers hear it by `announce`. */
export function ToastPlace() {
  const shown = toast.value;
  if (!shown) return null;
  const { action } = shown;
  return (
    <div
      key={shown.id}
      class="toast"
      role="region"
      aria-label={t("toast.label")}
      onMouseEnter={() => holdToast(true)}
      onMouseLeave={() => holdToast(false)}
      onFocusIn={() => holdToast(true)}
      onFocusOut={() => holdToast(false)}
    >
      <span>{shown.text}</span>
      {action && (
        <Button
          kind="text"
          size="small"
          onPress={() => {
            action.run();
            hideToast();
          }}
        >
          {action.label}
        </Button>
      )}
    </div>
  );
}
