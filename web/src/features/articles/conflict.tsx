import type { ArticleDetails, StoredFile } from "../../api/documents";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import type { Draft } from "./editor";
import { filled } from "./spans";
import { Blocks } from "./view";

interface ConflictProps {
  mine: Draft;
  files: readonly StoredFile[];
  theirs: ArticleDetails;
  onMine(): Promise<unknown>;
  onTheirs(): void;
  onClose(): void;
}

/** Two have edited the article: both versions stand side by side, and one of them is chosen. */
export function ConflictDialog({ mine, files, theirs, onMine, onTheirs, onClose }: ConflictProps) {
  return (
    <Dialog title={t("article.conflict")} onClose={onClose} broad testId="article-conflict">
      <p>{t("article.conflictText", { when: moment(new Date(theirs.changed_at)) })}</p>
      <div class="article-both">
        <section class="article-version" aria-label={t("article.mine")}>
          <h3>{t("article.mine")}</h3>
          <div class="article-version-text" tabIndex={0} role="group" aria-label={t("article.mine")}>
            <p class="article-version-title">{mine.title}</p>
            <Blocks blocks={filled(mine.blocks)} files={files} />
          </div>
          <Button kind="primary" onPress={onMine}>
            {t("article.keepMine")}
          </Button>
        </section>
        <section class="article-version" aria-label={t("article.theirs")}>
          <h3>{t("article.theirs")}</h3>
          <div class="article-version-text" tabIndex={0} role="group" aria-label={t("article.theirs")}>
            <p class="article-version-title">{theirs.title}</p>
            <Blocks blocks={theirs.blocks} files={theirs.files} />
          </div>
          <Button onPress={onTheirs}>{t("article.takeTheirs")}</Button>
        </section>
      </div>
    </Dialog>
  );
}
