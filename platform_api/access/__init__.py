"""Who may see and do what: every `access_*` function fetches a thing and authorises in one step.

What a person may not see is never fetched: the query joins their own open memberships, and finding nothing is
NotFound, whether the thing does not exist or is not theirs. Forbidden is only for what they see but may not do.
"""

from platform_api.access.classes import ClassAccess, access_class, access_class_to_lead, access_classes
from platform_api.access.lessons import (
    LessonAccess,
    access_lesson,
    access_lesson_to_lead,
    access_running_lessons,
    people_of_lesson,
)

__all__ = [
    "ClassAccess",
    "LessonAccess",
    "access_class",
    "access_class_to_lead",
    "access_classes",
    "access_lesson",
    "access_lesson_to_lead",
    "access_running_lessons",
    "people_of_lesson",
]
