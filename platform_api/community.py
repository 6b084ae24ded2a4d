"""All calls about schools and the people in them."""

from __future__ import annotations

from aiohttp import web

from platform_api.audit import routes as audit_routes
from platform_api.guides import routes as guide_routes
from platform_api.imports import routes as import_routes
from platform_api.invitations import routes as invitation_routes
from platform_api.join_requests import routes as request_routes
from platform_api.memberships import care
from platform_api.memberships import routes as membership_routes
from platform_api.privacy import routes as privacy_routes
from platform_api.regions import routes as region_routes
from platform_api.schools import routes as class_routes
from platform_api.schools import school_routes, year_routes

ROUTES: tuple[web.RouteTableDef, ...] = (
    school_routes.routes,
    year_routes.routes,
    class_routes.routes,
    membership_routes.routes,
    care.routes,
    invitation_routes.routes,
    request_routes.routes,
    import_routes.routes,
    region_routes.routes,
    audit_routes.routes,
    guide_routes.routes,
    privacy_routes.routes,
)
