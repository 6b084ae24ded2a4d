import { Globe, Mail, MapPin, Phone } from "lucide-preact";
import type { ComponentChildren } from "preact";
import type { School } from "../../api/school";
import { navigate, withQuery } from "../../app/router";
import { list, t } from "../../i18n";
import { Button } from "../../ui/button";

/** What a school says of itself, and how it is reached. */
export function About({ school }: { school: School }) {
  const { phone, email, site } = school.contacts;
  const { students, teachers } = school.people;
  const bare = !school.about && !school.address && !phone && !email && !site && !school.picture;
  if (bare && school.may.includes("edit_school")) {
    return (
      <div class="card empty">
        <p>{t("about.empty")}</p>
        <Button kind="primary" onPress={() => navigate(withQuery("edit", "1"))}>
          {t("about.fill")}
        </Button>
      </div>
    );
  }
  return (
    <div class="about">
      <section class="card about-words" aria-label={t("school.about")}>
        {school.picture && <img class="about-picture" src={school.picture} alt="" />}
        <div>
          {school.about ? <p class="about-text">{school.about}</p> : <p class="meta">{t("about.nothing")}</p>}
          <p class="meta">{list([t("class.students", { count: students }), t("class.teachers", { count: teachers })])}</p>
        </div>
      </section>
      <section class="card about-contacts" aria-labelledby="contacts">
        <h2 id="contacts">{t("about.contacts")}</h2>
        <ul>
          <Contact icon={<MapPin size={20} strokeWidth={1.75} />} label={t("about.address")}>
            {[school.city, school.address].filter(Boolean).join(", ")}
          </Contact>
          {phone && (
            <Contact icon={<Phone size={20} strokeWidth={1.75} />} label={t("about.phone")}>
              <a href={`tel:${phone.replace(/[^+\d]/g, "")}`}>{phone}</a>
            </Contact>
          )}
          {email && (
            <Contact icon={<Mail size={20} strokeWidth={1.75} />} label={t("about.email")}>
              <a href={`mailto:${email}`}>{email}</a>
            </Contact>
          )}
          {site && (
            <Contact icon={<Globe size={20} strokeWidth={1.75} />} label={t("about.site")}>
              <a href={site} target="_blank" rel="noopener noreferrer">
                {site.replace(/^https?:\/\//, "").replace(/\/$/, "")}
              </a>
            </Contact>
          )}
        </ul>
        {school.region && <p class="meta">{t("about.region", { name: school.region.name })}</p>}
      </section>
    </div>
  );
}

function Contact({ icon, label, children }: { icon: ComponentChildren; label: string; children: ComponentChildren }) {
  return (
    <li>
      <span class="about-icon" aria-hidden="true">
        {icon}
      </span>
      <span>
        <span class="hidden-text">{label}: </span>
        {children}
      </span>
    </li>
  );
}
