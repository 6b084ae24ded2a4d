"""Every route the application serves, apart from the web client's files."""

from platform_api import community, service
from platform_api.albums import feed
from platform_api.albums import routes as albums
from platform_api.articles import comment_routes
from platform_api.articles import routes as articles
from platform_api.broadcasts import routes as broadcasts
from platform_api.chats import routes as chats
from platform_api.documents import download, folder_routes, upload_routes
from platform_api.documents import routes as documents
from platform_api.events import routes as events
from platform_api.events import socket as event_socket
from platform_api.http import reference
from platform_api.lessons import hooks
from platform_api.lessons import routes as lessons
from platform_api.messages import routes as messages
from platform_api.messages import scheduled_routes
from platform_api.moderation import routes as moderation
from platform_api.people import accounts, consent
from platform_api.people import routes as people
from platform_api.people import session_routes as sessions
from platform_api.push import routes as push
from platform_api.sign_in import routes as sign_in
from platform_api.stream_keys import routes as stream_keys

ROUTES = (
    people.routes,
    sessions.routes,
    accounts.routes,
    sign_in.routes,
    consent.routes,
    *community.ROUTES,
    lessons.routes,
    broadcasts.routes,
    stream_keys.routes,
    documents.routes,
    folder_routes.routes,
    download.routes,
    upload_routes.routes,
    articles.routes,
    comment_routes.routes,
    albums.routes,
    feed.routes,
    chats.routes,
    messages.routes,
    scheduled_routes.routes,
    moderation.routes,
    push.routes,
    events.routes,
    event_socket.routes,
    hooks.routes,
    service.routes,
    reference.routes,
)
