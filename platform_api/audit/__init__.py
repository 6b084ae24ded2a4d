"""Who did what to whom: written in the transaction of the change, never changed or deleted afterwards."""

from platform_api.audit.log import OPERATOR, Actor, audit

__all__ = ["OPERATOR", "Actor", "audit"]
