"""All calls about schools and the people in them."""

from __future__ import annotations

from aiohttp import web

from platform_api.invitations import routes as invitation_routes
from platform_api.schools import routes as class_routes
from platform_api.schools import school_routes, year_routes

ROUTES: tuple[web.RouteTableDef, ...] = (
    school_routes.routes,
    year_routes.routes,
    class_routes.routes,
    invitation_routes.routes,
)
