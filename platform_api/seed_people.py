"""Names of the demonstration school. They are invented; nobody of this school lives anywhere."""

from __future__ import annotations

REGION = "Светлоозёрский край"

SCHOOL = ("Школа № 0", "Светлоозёрск")
"""Name and city."""

QUIET_SCHOOL = ("Школа № 00", "Мшистые Горки")
"""A school of the region that has not begun."""

ABOUT = "Школа у озера: три класса, планетарий на крыше и сад, который посадили сами ученики."
CONTACTS = {"phone": "+7 000 000-00-00", "email": "school0@example.org", "site": "https://school0.example.org"}

OPERATOR = ("lev.opushkin", "Лев Романович Опушкин")
"""Login and name of the region's operator."""

PARENTS = (
    ("olga.abramova", "Ольга Сергеевна Абрамова", ("alisa.abramova",)),
    ("pavel.vetrov", "Павел Андреевич Ветров", ("demid.vetrov",)),
    ("irina.makarova", "Ирина Олеговна Макарова", ("konstantin.makarov", "eva.nikitina")),
)
"""Login, name, logins of the children; the last one has two, in different classes."""

CODE = ("SFERA-SCH5A", "5А")
"""A code by which students may come into a class of the demonstration, and the class."""

CLASSES = ("5А", "7Б", "9В")

ADMINISTRATOR = ("nina.orlova", "Нина Львовна Орлова")
"""Login and name."""

TEACHERS = (
    ("vera.berestova", "Вера Павловна Берестова", ("5А", "7Б")),
    ("andrey.tetradkin", "Андрей Ильич Тетрадкин", ("7Б", "9В")),
)
"""Login, name, classes taught."""

STUDENTS = {
    "5А": (
        ("alisa.abramova", "Алиса Абрамова"),
        ("timur.akimov", "Тимур Акимов"),
        ("diana.beryozkina", "Диана Берёзкина"),
        ("saveliy.borovikov", "Савелий Боровиков"),
        ("polina.golubeva", "Полина Голубева"),
        ("mikhail.gromov", "Михаил Громов"),
        ("ivan.zhuravlyov", "Иван Журавлёв"),
        ("arina.kalinina", "Арина Калинина"),
        ("stefaniya.kovylina", "Стефания Ковылина"),
        ("egor.komarov", "Егор Комаров"),
        ("daniil.nazarov", "Даниил Назаров"),
        ("eva.nikitina", "Ева Никитина"),
        ("semyon.rodionov", "Семён Родионов"),
        ("veronika.ryabinina", "Вероника Рябинина"),
        ("vasilisa.uvarova", "Василиса Уварова"),
        ("yaroslav.ustinov", "Ярослав Устинов"),
        ("yana.tsvetkova", "Яна Цветкова"),
        ("stepan.tsygankov", "Степан Цыганков"),
        ("rodion.shcheglov", "Родион Щеглов"),
        ("nadezhda.shchukina", "Надежда Щукина"),
    ),
    "7Б": (
        ("lev.baranov", "Лев Баранов"),
        ("varvara.belkina", "Варвара Белкина"),
        ("demid.vetrov", "Демид Ветров"),
        ("ameliya.grachyova", "Амелия Грачёва"),
        ("roman.danilov", "Роман Данилов"),
        ("milana.ezhova", "Милана Ежова"),
        ("mark.zimin", "Марк Зимин"),
        ("ilya.lazarev", "Илья Лазарев"),
        ("sofya.lebedeva", "Софья Лебедева"),
        ("eseniya.lisitsyna", "Есения Лисицына"),
        ("anna.odintsova", "Анна Одинцова"),
        ("gleb.orekhov", "Глеб Орехов"),
        ("elizaveta.saveleva", "Елизавета Савельева"),
        ("aleksandr.sokolov", "Александр Соколов"),
        ("kira.filatova", "Кира Филатова"),
        ("vladislav.fomin", "Владислав Фомин"),
        ("viktoriya.chernyshyova", "Виктория Чернышёва"),
        ("vsevolod.chizhov", "Всеволод Чижов"),
        ("margarita.yudina", "Маргарита Юдина"),
        ("arseniy.yurev", "Арсений Юрьев"),
    ),
    "9В": (
        ("artyom.vinogradov", "Артём Виноградов"),
        ("darya.vorobyova", "Дарья Воробьёва"),
        ("agata.dubrovina", "Агата Дубровина"),
        ("matvey.ershov", "Матвей Ершов"),
        ("kseniya.zaytseva", "Ксения Зайцева"),
        ("fyodor.ignatov", "Фёдор Игнатов"),
        ("platon.kuznechikov", "Платон Кузнечиков"),
        ("konstantin.makarov", "Константин Макаров"),
        ("ulyana.medvedeva", "Ульяна Медведева"),
        ("valeriya.morozova", "Валерия Морозова"),
        ("mariya.panova", "Мария Панова"),
        ("kirill.platonov", "Кирилл Платонов"),
        ("nikolay.tarasov", "Николай Тарасов"),
        ("ekaterina.tikhonova", "Екатерина Тихонова"),
        ("taisiya.kholodova", "Таисия Холодова"),
        ("timofey.khokhlov", "Тимофей Хохлов"),
        ("aleksandra.shilova", "Александра Шилова"),
        ("pavel.shmelyov", "Павел Шмелёв"),
        ("daniel.yakovlev", "Даниэль Яковлев"),
        ("zlata.yaseneva", "Злата Ясенева"),
    ),
}
"""Login and name, by class."""
