"""The event log: what changed, in the order in which it was committed, for those who may see it.

`record` writes an entry in the transaction of the change; the socket and the long-poll (`events.routes`) hand entries
to pages. An entry names a thing that changed; a page reads the thing again. It holds no name and no text that somebody
of its audience may not see, since `data` goes to all of them as it is.
"""

from platform_api.events.log import record, record_all, record_person

__all__ = ["record", "record_all", "record_person"]
