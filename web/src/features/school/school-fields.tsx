import type { EditSchool, School } from "../../api/school";
import { type Key, t } from "../../i18n";
import { Area, Field } from "../../ui/field";

/** A school's details as plain fields of a form. */
export interface Details {
  name: string;
  city: string;
  address: string;
  about: string;
  phone: string;
  email: string;
  site: string;
}

export const NO_DETAILS: Details = { name: "", city: "", address: "", about: "", phone: "", email: "", site: "" };

export function detailsOf(school: School): Details {
  const { name, city, address, about, contacts } = school;
  const { phone = "", email = "", site = "" } = contacts;
  return { name, city, address, about, phone, email, site };
}

/** What is sent of changed details; contacts go together. */
export function asEdit(changed: Partial<Details>, whole: Details): EditSchool {
  const { name, city, address, about } = changed;
  const contacts = "phone" in changed || "email" in changed || "site" in changed;
  return {
    ...(name === undefined ? {} : { name }),
    ...(city === undefined ? {} : { city }),
    ...(address === undefined ? {} : { address }),
    ...(about === undefined ? {} : { about }),
    ...(contacts ? { contacts: { phone: whole.phone, email: whole.email, site: whole.site } } : {}),
  };
}

export function trimmed(details: Details): Details {
  const all = Object.entries(details).map(([field, value]) => [field, (value as string).trim()]);
  return Object.fromEntries(all) as unknown as Details;
}

/** Fields whose words cannot be taken, and why. */
export function faultsOf(details: Details): Partial<Record<keyof Details, Key>> {
  return {
    ...(details.name === "" ? { name: "edit.nameMissing" as const } : {}),
    ...(details.city === "" ? { city: "edit.cityMissing" as const } : {}),
    ...(/^$|^[^@\s]+@[^@\s]+$/.test(details.email) ? {} : { email: "edit.emailWrong" as const }),
    ...(/^$|^https?:\/\/[^\s<>"]+$/.test(details.site) ? {} : { site: "edit.siteWrong" as const }),
  };
}

export const DETAIL_WORDS: Record<keyof Details, Key> = {
  name: "edit.name",
  city: "edit.city",
  address: "about.address",
  about: "edit.about",
  phone: "about.phone",
  email: "about.email",
  site: "about.site",
};

interface Props {
  details: Details;
  /** Faults are shown once somebody wanted to save. */
  tried: boolean;
  onChange(details: Details): void;
}

export function DetailFields({ details, tried, onChange }: Props) {
  const faults = tried ? faultsOf(trimmed(details)) : {};
  const put = (field: keyof Details) => (value: string) => onChange({ ...details, [field]: value });
  const error = (field: keyof Details): string | null => {
    const fault = faults[field];
    return fault ? t(fault) : null;
  };
  return (
    <>
      <Field label={t("edit.name")} name="name" value={details.name} onInput={put("name")} maxLength={120} error={error("name")} autoComplete="off" />
      <Field label={t("edit.city")} name="city" value={details.city} onInput={put("city")} maxLength={120} error={error("city")} autoComplete="off" />
      <Field label={t("about.address")} name="address" value={details.address} onInput={put("address")} maxLength={300} autoComplete="off" />
      <Area label={t("edit.about")} name="about" value={details.about} onInput={put("about")} maxLength={20_000} rows={5} hint={t("edit.aboutHint")} />
      <Field label={t("about.phone")} name="phone" type="tel" value={details.phone} onInput={put("phone")} maxLength={64} autoComplete="off" />
      <Field label={t("about.email")} name="email" type="email" inputMode="email" value={details.email} onInput={put("email")} maxLength={254} error={error("email")} autoComplete="off" plain />
      <Field label={t("about.site")} name="site" type="url" inputMode="url" value={details.site} onInput={put("site")} maxLength={300} error={error("site")} hint={t("edit.siteHint")} autoComplete="off" plain />
    </>
  );
}

/** Puts the focus onto the first field that is wrong. */
export function focusFault(faults: Partial<Record<string, unknown>>): void {
  const [first] = Object.keys(faults);
  if (first) document.querySelector<HTMLInputElement>(`dialog [name=${first}], main [name=${first}]`)?.focus();
}
