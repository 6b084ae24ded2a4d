"""In which language a person is told what was refused."""

from __future__ import annotations

from typing import Literal

Language = Literal["ru", "en"]
LANGUAGES: dict[str, Language] = {"ru": "ru", "en": "en"}


def choose_language(accepted: str, own: str | None, otherwise: Language = "ru") -> Language:
    """What the request asks for (Accept-Language), else the person's own language, else the default."""
    wanted: list[tuple[float, int, str]] = []
    for place, entry in enumerate(accepted[:200].split(",")):
        tag, _, parameters = entry.partition(";")
        name, _, value = parameters.strip().partition("=")
        try:
            weight = float(value) if name == "q" else 1.0
        except ValueError:
            weight = 0.0
        wanted.append((-weight, place, tag.strip().lower().partition("-")[0]))
    for negative, _, tag in sorted(wanted):
        if negative < 0.0 and tag in LANGUAGES:
            return LANGUAGES[tag]
    return LANGUAGES.get(own or "", otherwise)


RUSSIAN = {
    "not_a_contact": "Не всем в этом чате вы можете писать.",
    "not_for_them": "Не все в том чате могут читать это сообщение.",
    "too_late": "Это сообщение уже нельзя изменить.",
    "message_deleted": "Это сообщение удалено.",
    "client_id_reused": "Под этим номером уже отправлено другое сообщение.",
    "poll_closed": "Опрос закрыт.",
    "poll_anonymous": "Опрос анонимный.",
    "too_many": "Больше нельзя: достигнут предел.",
    "restricted_word": "В сообщении есть слово, которое школа не разрешает.",
    "chat_busy": "Сейчас отправляется много сообщений. Попробуйте ещё раз через минуту.",
    "account_inactive": "Аккаунт ждёт согласия родителя. Оно даётся на странице родителя.",
    "album_full": "В альбоме больше нет места.",
    "already_member": "Этот человек уже состоит здесь.",
    "archived": "Класс в архиве, его можно только читать. Вернуть год может администратор.",
    "bad_host": "Адрес сервера указан неверно.",
    "body_too_large": "Запрос слишком велик.",
    "broadcast_running": "Этот урок уже идёт в эфир.",
    "broken_body": "Запрос оборвался. Попробуйте ещё раз.",
    "busy": "Сейчас входит много людей. Попробуйте ещё раз через минуту.",
    "call_full": "В звонке уже 50 человек. Можно смотреть его как эфир.",
    "checksum_mismatch": "Часть файла повредилась в пути. Отправьте её ещё раз.",
    "class_exists": "Класс с таким названием уже есть.",
    "class_not_empty": "В классе уже были люди. Его можно отправить в архив.",
    "code_needed": "Введите код из приложения или запасной код.",
    "cross_site": "Запрос пришёл с другого сайта.",
    "current_session": "Этот сеанс – ваш нынешний. Чтобы закончить его, выйдите.",
    "erasure_requested": "Об удалении уже попросили.",
    "event_stream_busy": "Слишком много открытых страниц. Закройте лишние.",
    "file_too_large": "Файл больше, чем принимает сервер. Выберите другой или разделите его.",
    "folder_inside_itself": "Папку нельзя переместить в неё саму.",
    "folder_too_deep": "Папки вкладываются не глубже восьми уровней.",
    "forbidden": "На это нет прав.",
    "hls_unavailable": "Сервер эфиров не отвечает. Попробуйте ещё раз через минуту.",
    "http_error": "Запрос не удался.",
    "idempotency_key_reused": "Этот ключ повтора принадлежит другому запросу.",
    "identity_in_use": "Эта учётная запись уже связана с другим человеком.",
    "import_applied": "Эта таблица уже применена.",
    "import_has_errors": "В строках таблицы есть ошибки. Ничего не сделано.",
    "in_another_class": "Ученик состоит в другом классе. Перевести может администратор.",
    "infected": "В файле найден вирус. Файл не сохранён.",
    "internal_error": "На сервере что-то сломалось. Запрос можно повторить.",
    "invalid_body": "Запрос заполнен неверно.",
    "invalid_idempotency_key": "Ключ повтора – от 1 до 128 видимых знаков ASCII.",
    "invalid_picture": "Подойдёт картинка PNG, JPEG или WebP.",
    "invalid_query": "Адрес запроса заполнен неверно.",
    "invalid_table": "Файл не похож на таблицу.",
    "invalid_upload": "Загрузка описана неверно.",
    "invitation_expired": "Срок приглашения вышел. Попросите новое.",
    "invitation_not_yours": "Это приглашение для другого человека.",
    "invitation_spent": "Приглашение уже использовано. Попросите новое.",
    "last_administrator": "Кроме вас, администраторов нет. Сначала назначьте ещё одного.",
    "last_way_in": "Это единственный способ войти. Сначала задайте пароль или свяжите другую учётную запись.",
    "lesson_ended": "Урок закончился.",
    "lesson_running": "Урок этого класса уже идёт.",
    "link_expired": "Ссылка больше не действует. Попросите новую.",
    "login_taken": "Такое имя для входа уже занято.",
    "malformed_json": "Запрос не читается.",
    "media_unavailable": "Сервер звонков не отвечает. Попробуйте ещё раз через минуту.",
    "method_not_allowed": "Здесь так нельзя.",
    "name_taken": "Папка с таким названием здесь уже есть.",
    "no_arrival": "Вход не завершён. Начните его ещё раз.",
    "not_a_picture": "В альбом помещают снимки и видео.",
    "not_a_video": "В этом разделе только видео.",
    "not_a_websocket": "Здесь открывают WebSocket.",
    "not_built": "Страницы ещё не собраны.",
    "not_found": "Здесь ничего нет. Возможно, ссылка устарела.",
    "not_signed_in": "Сначала войдите.",
    "precondition_failed": "Пока вы редактировали, это изменил кто-то ещё. Откройте заново.",
    "precondition_required": "Неизвестно, какую версию вы изменили. Откройте заново.",
    "provider_refused": "Сервис, через который вы входите, отказал. Попробуйте ещё раз или войдите иначе.",
    "provider_unavailable": "Сервис, через который вы входите, не отвечает. Попробуйте ещё раз или войдите иначе.",
    "quota_exceeded": "Для этого файла не хватает места.",
    "range_not_satisfiable": "В файле нет такой части.",
    "request_decided": "По этой заявке уже решили.",
    "request_open": "Заявка уже подана, школа ещё не решила.",
    "request_under_way": "Такой же запрос уже выполняется.",
    "resync_required": "С тех пор произошло слишком многое. Откройте заново.",
    "role_fixed": "Менять можно только роли учителей и администраторов.",
    "scan_failed": "Файл не удалось проверить на вирусы. Файл не сохранён.",
    "second_step_required": "Администраторы сначала включают второй шаг входа.",
    "sign_in_state_invalid": "Вход начат в другом браузере или слишком давно. Начните его ещё раз.",
    "signature_invalid": "Подпись не от сервера звонков.",
    "slow_body": "Запрос шёл слишком долго. Попробуйте ещё раз.",
    "storage_full": "На сервере кончилось место для файлов. Сообщите администратору.",
    "storage_unavailable": "Хранилище файлов не отвечает. Попробуйте ещё раз через минуту.",
    "too_many_attempts": "Слишком много неверных паролей. Подождите перед следующей попыткой.",
    "too_many_folders": "Здесь слишком много папок.",
    "too_many_pieces": "Файл приходит слишком мелкими частями. Загрузите его заново.",
    "too_many_requests": "Слишком много запросов. Подождите немного.",
    "too_many_stream_keys": "У урока слишком много ключей трансляции.",
    "too_many_uploads": "Слишком много незаконченных загрузок. Закончите или отмените одну.",
    "totp_not_set": "Второго шага входа нет.",
    "totp_set": "Второй шаг входа уже включён.",
    "tus_version": "Такая версия загрузки не подходит.",
    "unsupported_media_type": "Тип запроса не подходит.",
    "upload_locked": "Часть этого файла уже принимается.",
    "upload_offset_mismatch": "Часть файла начинается не там, где кончилась прежняя.",
    "upload_over": "Эта загрузка уже закончена.",
    "uploads_busy": "Сейчас загружают много файлов. Попробуйте ещё раз через минуту.",
    "wrong_code": "Код не подошёл. Проверьте часы телефона и введите следующий код.",
    "wrong_confirmation": "Подтверждение не совпадает с именем для входа.",
    "wrong_credentials": "Имя или пароль не подходят.",
    "year_exists": "Учебный год с таким названием уже есть.",
}
"""What is told in Russian, by the problem's code; English stands in `errors`."""
