// Screens of the ways in, the profile and the home pages.
import { guideOf, PROVIDERS } from "./fake-account.mjs";
import { world } from "./fake.mjs";

const SCHOOL = { id: "s0", name: "Школа № 0" };
const REGION = { id: "r0", name: "Светлоозёрская область" };
const both = ["light", "dark"];
const teacher = { ...world({ teacher: true, lesson: false }), teacher: true };
const signedOut = { signedOut: true, providers: PROVIDERS };
const card = { school: "Школа № 0", city: "Светлоозёрск", role: "student", class: "7Б", expires_at: new Date(Date.now() + 6e8).toISOString() };

const someone = (name, memberships, more = {}) => ({
  me: { id: `h-${name.length}`, name, login: "olga.yezhova", memberships, has_password: true, second_step: false, regions: [], ...more },
});
const administrator = {
  ...someone("Ирина Олеговна Соснина", [{ school: SCHOOL, role: "administrator", class: null }]),
  classes: [], requests: [], guides: [guideOf("administrator", ["create_school"])],
};
const parent = {
  ...someone("Ольга Ежова", [{ school: SCHOOL, role: "parent", class: { id: "k7", name: "7Б" } }]),
  classes: world({ teacher: false, lesson: false }).classes,
  guides: [guideOf("parent", ["see_class"])],
};
const operator = { ...someone("Пётр Лесной", [], { regions: [REGION] }), classes: [], guides: [guideOf("region_operator")] };
const stranger = { ...someone("Яна Ракушкина", []), classes: [], guides: [] };

const fill = (pairs, press) => async (page) => {
  for (const [label, value] of pairs) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: press, exact: true }).click();
};

export async function accountScreens(all) {
  await all("sign-in", () => ({ state: signedOut, path: "" }), both);
  const entered = fill([["Логин", "vera.berestova"], ["Пароль", "длинный пароль"]], "Войти");
  await all("sign-in-wrong", () => ({ state: signedOut, path: "", act: entered }));
  await all("sign-in-too-many", () => ({
    state: { ...signedOut, signIn: { status: 429, code: "too_many_attempts", retry: 240 } }, path: "", act: entered,
  }));
  await all("sign-in-code", () => ({
    state: { ...signedOut, signIn: { status: 401, code: "code_needed" } }, path: "", act: entered,
  }), both);
  await all("sign-in-consent", () => ({
    state: { ...signedOut, signIn: { status: 403, code: "account_inactive", reason: "no_consent" } }, path: "", act: entered,
  }));
  await all("sign-in-back", () => ({ state: signedOut, path: "sign-in?back=%2Fclasses%2Fk7" }));
  await all("sign-in-unknown", () => ({
    state: { ...signedOut, arrival: { provider: "vk", provider_name: "VK ID", name: "Яна Ракушкина", birth_date: null, outcome: "unknown" } },
    path: "sign-in?arrival=unknown&return_to=%2F", act: (page) => page.getByText("VK ID подтверждает").waitFor(),
  }));
  await all("register", () => ({
    state: { ...signedOut, invitation: card }, path: "register?code=ABCDE-FGHJK",
    act: async (page) => {
      await page.getByLabel("Имя и фамилия").fill("Яна Ракушкина");
      await page.getByLabel("Дата рождения").fill("2014-05-17");
      await page.getByLabel("Придумайте логин").fill("я");
      await page.getByLabel("Придумайте пароль").focus();
    },
  }), both);
  await all("register-waits", () => ({
    state: { ...signedOut, invitation: card }, path: "register?code=ABCDE-FGHJK",
    act: fill([["Имя и фамилия", "Яна Ракушкина"], ["Дата рождения", "2014-05-17"], ["Придумайте логин", "yana.rakushkina"], ["Придумайте пароль", "морской бриз"]], "Создать аккаунт"),
  }));
  await all("register-gone", () => ({ state: signedOut, path: "register?code=ABCDE-FGHJK" }));
  await all("reset", () => ({ state: signedOut, path: "reset/abcdefghijklmnopqrstuvwxyz" }));

  await all("profile", () => ({ state: { ...teacher, guides: [guideOf("teacher", ["get_class"], true)] }, path: "profile" }), both);
  const linked = [{ id: "i1", provider: "vk", name: "Вера Берестова", linked_at: "2026-10-02T09:00:00Z", used_at: null }];
  const safe = { ...teacher, providers: PROVIDERS, identities: linked };
  await all("profile-security", () => ({ state: safe, path: "profile?tab=security" }), both);
  await all("profile-password", () => ({
    state: safe, path: "profile?tab=security", act: (page) => page.getByRole("button", { name: "Сменить пароль" }).click(),
  }));
  const scan = (page) => page.getByRole("button", { name: "Включить" }).click();
  await all("totp", () => ({ state: safe, path: "profile?tab=security", act: scan }), both);
  await all("totp-codes", () => ({
    state: safe, path: "profile?tab=security",
    act: async (page) => {
      await scan(page);
      await page.getByLabel("Код из приложения").fill("123456");
      await page.getByRole("button", { name: "Подтвердить и включить" }).click();
      await page.getByTestId("recovery-codes").waitFor();
    },
  }));
  await all("profile-sessions", () => ({ state: teacher, path: "profile?tab=sessions" }), both);
  await all("profile-data", () => ({
    state: teacher, path: "profile?tab=data", act: (page) => page.getByRole("button", { name: "Собрать копию" }).click(),
  }));
  await all("profile-erase", () => ({
    state: teacher, path: "profile?tab=data", act: (page) => page.getByRole("button", { name: "Удалить аккаунт" }).click(),
  }));
  await all("profile-erasing", () => ({ state: { ...teacher, erasure: true }, path: "profile?tab=data" }));
  await all("children", () => ({ state: parent, path: "profile?tab=children" }), both);
  await all("consent", () => ({
    state: parent, path: "profile?tab=children", act: (page) => page.getByRole("button", { name: "Дать согласие: Мила Ежова" }).click(),
  }));

  await all("home-administrator", () => ({ state: administrator, path: "" }), both);
  await all("home-parent", () => ({ state: parent, path: "" }));
  await all("home-operator", () => ({ state: operator, path: "" }));
  await all("home-nobody", () => ({ state: stranger, path: "" }));
}
